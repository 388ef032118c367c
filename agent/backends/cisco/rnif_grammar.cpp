// The header documents and signals of RNIF 2.0 (core specification 02.00.01).
#include <array>

#include "agent/backends/cisco/grammar.hpp"

namespace handover::backends {
namespace {

constexpr const char* kNameSpace = "http://www.rosettanet.org/RNIF/V02.00";

// clang-format off
constexpr std::array kPreamble = {
    GrammarRow{0, "Preamble"},
    GrammarRow{1, "standardName"},
    GrammarRow{2, "GlobalAdministeringAuthorityCode", '1', "=RosettaNet"},
    GrammarRow{1, "standardVersion"},
    GrammarRow{2, "VersionIdentifier", '1', "=V02.00"},
};

constexpr std::array kDeliveryHeader = {
    GrammarRow{0, "DeliveryHeader"},
    GrammarRow{1, "isSecureTransportRequired"},
    GrammarRow{2, "AffirmationIndicator", '1', "=Yes|No"},
    GrammarRow{1, "messageDateTime"},
    GrammarRow{2, "DateTimeStamp", '1', "datetime"},
    GrammarRow{1, "messageReceiverIdentification"},
    GrammarRow{2, "PartnerIdentification"},
    GrammarRow{3, "domain", '?'},
    GrammarRow{4, "FreeFormText", '1', "=DUNS"},
    GrammarRow{3, "GlobalBusinessIdentifier", '1', "digits:9"},
    GrammarRow{3, "locationID", '?'},
    GrammarRow{4, "Value", '1', "text:255"},
    GrammarRow{1, "messageSenderIdentification"},
    GrammarRow{2, "PartnerIdentification"},
    GrammarRow{3, "domain", '?'},
    GrammarRow{4, "FreeFormText", '1', "=DUNS"},
    GrammarRow{3, "GlobalBusinessIdentifier", '1', "digits:9"},
    GrammarRow{3, "locationID", '?'},
    GrammarRow{4, "Value", '1', "text:255"},
    GrammarRow{1, "messageTrackingID"},
    GrammarRow{2, "InstanceIdentifier", '1', "text:255"},
};

constexpr std::array kServiceHeader = {
    GrammarRow{0, "ServiceHeader"},
    GrammarRow{1, "ProcessControl"},
    GrammarRow{2, "ActivityControl"},
    GrammarRow{3, "BusinessActivityIdentifier", '1', "=Request Purchase Order"},
    GrammarRow{3, "MessageControl"},
    GrammarRow{4, "fromRole"},
    GrammarRow{5, "GlobalPartnerRoleClassificationCode", '1', "=Buyer|Seller"},
    GrammarRow{4, "fromService"},
    GrammarRow{5, "GlobalBusinessServiceCode", '1', "=Buyer Service|Seller Service"},
    GrammarRow{4, "inReplyTo", '?'},
    GrammarRow{5, "ActionControl"},
    GrammarRow{6, "ActionIdentity"},
    GrammarRow{7, "GlobalBusinessActionCode", '1', "text:120"},
    GrammarRow{7, "description", '?', "any"},
    GrammarRow{7, "VersionIdentifier", '?', "text:60"},
    GrammarRow{6, "messageTrackingID"},
    GrammarRow{7, "InstanceIdentifier", '1', "text:255"},
    GrammarRow{4, "Manifest"},
    GrammarRow{5, "Attachment", '*', "any"},
    GrammarRow{5, "numberOfAttachments"},
    GrammarRow{6, "CountableAmount", '1', "digits"},
    GrammarRow{5, "ServiceContentControl"},
    GrammarRow{6, "ActionIdentity", '?'},
    GrammarRow{7, "GlobalBusinessActionCode", '1', "text:120"},
    GrammarRow{7, "description", '?', "any"},
    GrammarRow{7, "VersionIdentifier", '?', "text:60"},
    GrammarRow{6, "SignalIdentity", '?'},
    GrammarRow{7, "GlobalBusinessSignalCode", '1', "=Receipt Acknowledgment|Exception"},
    GrammarRow{7, "VersionIdentifier", '1', "=V02.00"},
    GrammarRow{4, "toRole"},
    GrammarRow{5, "GlobalPartnerRoleClassificationCode", '1', "=Buyer|Seller"},
    GrammarRow{4, "toService"},
    GrammarRow{5, "GlobalBusinessServiceCode", '1', "=Buyer Service|Seller Service"},
    GrammarRow{2, "GlobalUsageCode", '1', "=Test|Production"},
    GrammarRow{2, "partnerDefinedPIPPayloadBindingId", '?', "any"},
    GrammarRow{2, "pipCode"},
    GrammarRow{3, "GlobalProcessIndicatorCode", '1', "text:60"},
    GrammarRow{2, "pipInstanceId"},
    GrammarRow{3, "InstanceIdentifier", '1', "text:255"},
    GrammarRow{2, "pipVersion"},
    GrammarRow{3, "VersionIdentifier", '1', "text:60"},
    GrammarRow{2, "QualityOfServiceSpecification", '?', "any"},
    GrammarRow{2, "KnownInitiatingPartner", '?'},
    GrammarRow{3, "PartnerIdentification"},
    GrammarRow{4, "domain", '?'},
    GrammarRow{5, "FreeFormText", '1', "=DUNS"},
    GrammarRow{4, "GlobalBusinessIdentifier", '1', "digits:9"},
    GrammarRow{4, "locationID", '?'},
    GrammarRow{5, "Value", '1', "text:255"},
    GrammarRow{2, "UnknownInitiatingPartner", '?', "any"},
};

constexpr std::array kReceipt = {
    GrammarRow{0, "ReceiptAcknowledgment"},
    GrammarRow{1, "NonRepudiationInformation", '?'},
    GrammarRow{2, "GlobalDigestAlgorithmCode", '?', "any"},
    GrammarRow{2, "OriginalMessageDigest", '?', "any"},
};

constexpr std::array kException = {
    GrammarRow{0, "Exception"},
    GrammarRow{1, "ExceptionDescription"},
    GrammarRow{2, "errorClassification"},
    GrammarRow{3, "GlobalMessageExceptionCode", '1', "text:60"},
    GrammarRow{2, "errorDescription"},
    GrammarRow{3, "FreeFormText", '1', "text:0-4000"},
    GrammarRow{2, "offendingMessageComponent", '?'},
    GrammarRow{3, "GlobalMessageComponentCode", '1', "any"},
    GrammarRow{1, "GlobalExceptionTypeCode", '1', "=Receipt Acknowledgment Exception|General Exception"},
};
// clang-format on

}  // namespace

const Grammar& preamble() {
  static const Grammar grammar("Preamble_MS_V02_00.dtd", kNameSpace, kPreamble);
  return grammar;
}
const Grammar& delivery_header() {
  static const Grammar grammar("DeliveryHeader_MS_V02_00.dtd", kNameSpace, kDeliveryHeader);
  return grammar;
}
const Grammar& service_header() {
  static const Grammar grammar("ServiceHeader_MS_V02_00.dtd", kNameSpace, kServiceHeader);
  return grammar;
}
const Grammar& receipt_acknowledgment() {
  static const Grammar grammar("AcknowledgmentOfReceipt_MS_V02_00.dtd", kNameSpace, kReceipt);
  return grammar;
}
const Grammar& exception_signal() {
  static const Grammar grammar("Exception_MS_V02_00.dtd", kNameSpace, kException);
  return grammar;
}

}  // namespace handover::backends
