// From the configuration of a site agent to its webhook, its exports and the socket it listens at.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "agent/agent.hpp"
#include "agent/cli/config.hpp"
#include "platform/asio/http_server.hpp"

namespace handover::cli {

/// Errors: kConfig, naming the section and the key.
[[nodiscard]] Result<intake::SiteSettings> build_site(const SiteConfig& config, const Config& whole,
                                                      const boost::asio::any_io_executor& executor);

/// Listens for webhooks, and hands them to the agent. Errors: kConfig; those of the server.
/// Lifetime: the agent outlives the server.
[[nodiscard]] Result<std::unique_ptr<net::HttpServer>> listen_for_webhooks(
    const WebhookConfig& config, const boost::asio::any_io_executor& executor, Agent& agent);

}  // namespace handover::cli
