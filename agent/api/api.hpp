// The local API, below the socket: takes requests as values and answers them. docs/openapi.yaml is
// its description.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/api/call.hpp"
#include "agent/api/event_stream.hpp"
#include "agent/api/views.hpp"
#include "agent/forwarding/lane_loop.hpp"
#include "agent/recording/order_book.hpp"
#include "agent/recording/recorder.hpp"
#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/secret.hpp"
#include "storage/store.hpp"

namespace handover::intake {
class Site;
}
namespace handover::page {
class PageDoor;
}

namespace handover::api {

/// What the API serves: the parts of the agent, by reference.
struct ApiWorld {
  storage::Store& store;
  recording::Recorder& recorder;
  const Clock& clock;
  const forwarding::ScheduleClock& schedule;
  Scheduler& scheduler;
  std::vector<forwarding::LaneLoop*> lanes;
  recording::Device device;
  recording::OrderBook& orders;
  intake::Site* site = nullptr;                ///< Of a site agent alone.
  const qr::Enrollment* enrollment = nullptr;  ///< Of an enrolled device.
  page::PageDoor* page = nullptr;              ///< If the handheld page is served.
  std::string enrollment_fault = {};  ///< Why the one that there is cannot be used; else empty.
};

class Api {
 public:
  using Reply = std::function<void(HttpResponse)>;

  /// `token` is what callers must show.
  Api(const ApiWorld& world, Secret token);

  /// The port of the TCP listener, which callers may name in Host; 0 for a unix socket.
  void set_port(unsigned short port) { port_ = port; }

  /// Answers `request` through `reply`, once: at once, or when what it wrote is durable. An answer
  /// of success is never given before.
  void handle(const HttpRequest& request, Reply reply);

 private:
  struct Route;
  using Handler = Result<HttpResponse> (Api::*)(const Call& call,
                                                const std::vector<std::string>& arguments);

  [[nodiscard]] static const std::vector<Route>& routes();
  [[nodiscard]] std::optional<HttpResponse> turn_away(const HttpRequest& request) const;
  [[nodiscard]] std::optional<HttpResponse> check_token(const HttpRequest& request) const;
  [[nodiscard]] bool is_from_own_page(const HttpRequest& request) const;
  [[nodiscard]] bool opens_page(const HttpRequest& request, const Reply& reply);
  [[nodiscard]] bool is_own_host(std::string_view host) const;
  void dispatch(const Call& call, Reply reply);
  void answer_when_durable(Result<HttpResponse> answer, Reply reply);
  [[nodiscard]] Result<HttpResponse> once(const Call& call, const Route& route,
                                          const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> replay_or_make_anew(const storage::ApiCall& before,
                                                         const Route& route);
  void wake_lanes();

  [[nodiscard]] Result<HttpResponse> post_transfer(const Call& call,
                                                   const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> list_transfers(const Call& call,
                                                    const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_transfer(const Call& call,
                                                  const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_code(const Call& call,
                                               const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_offer(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_cancel(const Call& call,
                                                 const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_scan(const Call& call,
                                               const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_transfer_scan(const Call& call,
                                                        const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_transfer_qr(const Call& call,
                                                     const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_usage(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_asset_event(const Call& call,
                                                      const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_service_order(const Call& call,
                                                        const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> list_service_orders(const Call& call,
                                                         const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_service_order(const Call& call,
                                                       const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_order_submit(const Call& call,
                                                       const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_order_cancel(const Call& call,
                                                       const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> list_records(const Call& call,
                                                  const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_record(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_retry(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_discard(const Call& call,
                                                  const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> list_stock(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_sync(const Call& call,
                                               const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_events(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_page_ticket(const Call& call,
                                                      const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> redeem_ticket(const HttpRequest& request);
  [[nodiscard]] Result<HttpResponse> close_page(const HttpRequest& request);
  [[nodiscard]] Result<HttpResponse> get_status(const Call& call,
                                                const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> get_metrics(const Call& call,
                                                 const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> list_set_aside(const Call& call,
                                                    const std::vector<std::string>& arguments);
  [[nodiscard]] Result<HttpResponse> post_discard_row(const Call& call,
                                                      const std::vector<std::string>& arguments);

  [[nodiscard]] Json transfer_view_json(const recording::TransferView& view) const;
  [[nodiscard]] Result<HttpResponse> transfer_answer(int status,
                                                     const recording::TransferView& view) const;
  [[nodiscard]] Result<HttpResponse> start_scanned(const Json& body);
  [[nodiscard]] Result<Json> order_json(const recording::OrderView& view) const;
  [[nodiscard]] Result<HttpResponse> order_answer(int status, const recording::OrderView& view);
  [[nodiscard]] std::string store_tag() const;
  [[nodiscard]] Result<Json> record_or_damaged(std::int64_t seq) const;
  [[nodiscard]] Result<std::int64_t> find_record(const std::string& id) const;
  [[nodiscard]] Result<HttpResponse> created(const recording::RecordView& view);
  [[nodiscard]] Result<HttpResponse> change_deliveries(
      const std::vector<std::string>& arguments,
      const std::function<Result<void>(forwarding::LaneLoop* lane,
                                       const storage::Delivery& delivery)>& change);

  ApiWorld world_;
  LaneBook lane_book_;
  EventStream events_;
  Secret token_;
  unsigned short port_ = 0;
  std::string started_;  // When this program started; tells its tags from those of the one before.
};

}  // namespace handover::api
