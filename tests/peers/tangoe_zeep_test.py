#!/usr/bin/python3
"""python3-zeep, built from the WSDL alone, calls every operation of the simulated Tangoe.

zeep refuses answers that break the schema, and makes the digest of the security header itself: it is given the
hash of the password where it wants a password. HANDOVER_PROGRAMS names the folder of `handover-sim`.
"""

import pathlib
import tempfile

import requests
import zeep
from zeep.wsse.username import UsernameToken

from programs import USER, Wrong, check, main, password_hash, simulated_tangoe

SERVICE = "/asentinelws/services/"
PHONE = {
    "serviceTypeID": 6, "inventoryNumber": "555-0100", "costCenterNo": "4100", "vendor": "AT&T",
    "dateActivated": "11/22/2026", "status": True,
}
EVERYTHING = {
    **PHONE, "inventoryNumber": "555-0101", "vendor": "Verizon", "vendorContract": "VZ-2026", "ratePlan": "Unlimited",
    "voicePool": "Pool A", "dataPool": "Pool B", "messagingPool": "Pool A", "wirelessDeviceType": "Smartphone",
    "upgradeEligibilityDate": "12/31/2026", "assignedTo": "E1017", "glAccount": "600100", "address": "1 Main St",
    "city": "New York", "state": "NY", "zip": "10001", "country": "US", "locationNo": "L-17", "rate": 12.5,
    "featureCharges": 0.1, "nonPooledServiceCharges": 3.0, "assignedEquipment": "EQ-1", "voiceOrData": True,
    "comments": "Größe <M> & \"neu\"",
    "customFields": {"customField": [{"name": "Colour", "value": "red"}, {"name": "Insured", "value": "1"}]},
}
CIRCUIT = {
    "serviceTypeID": 12, "inventoryNumber": "MPLS-1", "costCenterNo": "4100", "vendor": "Verizon",
    "dateActivated": "11/22/2026", "status": True, "usageVendor": "Verizon", "usageContract": "VZ-DATA",
    "circuitMappings": {"circuitMapping": [
        {"mappedFrom": word, "fromValue": "16", "mappedTo": "VPI", "toValue": "17", "cir": "64", "cost": "1.50",
         "rangeFrom": "1", "rangeTo": "2"} for word in ("DLCI", "VCI")]},
}


def connect(url, user, secret):
    return zeep.Client(url + SERVICE + "inventoryorder.wsdl", wsse=UsernameToken(user, secret, use_digest=True)).service


def done(result):
    check(result.code == 0 and result.message == "OK", f"expected success, got {result}")


def failed(result, words):
    check(result.code == -1 and words in result.message, f"expected a failure with {words!r}, got {result}")


def same(found, sent, where=""):
    for name, value in sent.items():
        there = found[name]
        if isinstance(value, dict):
            same(there, value, where + name + "/")
        elif isinstance(value, list):
            for one, other in zip(there, value):
                same(one, other, where + name + "/")
        else:
            check(there == value, f"{where}{name} is {there!r}, sent {value!r}")


def service_types(service):
    answer = service.getServiceTypeID("Wireless")
    done(answer.result)
    check(answer.serviceTypeID == 6, "Wireless has another id")
    answer = service.getServiceTypeID("Local Service")
    failed(answer.result, "The provided service type (Local Service) does not exist.")
    check(answer.serviceTypeID == 0, "an unknown type has an id")
    answer = service.getServiceTypes()
    done(answer.result)
    check({t.description for t in answer.serviceType} >= {"Local", "Wireless", "MPLS"}, "service types are missing")
    answer = service.getCustomFields(6, False)
    done(answer.result)
    check("Colour" in [field.name for field in answer.customField], "a custom field is missing")


def items(service):
    for item in (PHONE, EVERYTHING, CIRCUIT):
        answer = service.addInventoryItem(item)
        done(answer.result)
        found = service.getInventoryItem(serviceTypeID=item["serviceTypeID"], inventoryNumber=item["inventoryNumber"])
        done(found.result)
        check(found.inventoryItem.inventoryID == answer.inventoryID, "an item has another id than its add said")
        same(found.inventoryItem, item)
    failed(service.addInventoryItem(PHONE).result, "already")
    failed(service.getInventoryItem(serviceTypeID=6, inventoryNumber="none").result, "(none)")
    key = {"serviceTypeID": 6, "inventoryNumber": "555-0100"}
    done(service.editInventoryItem({**key, "assignedTo": "E1022"}))
    failed(service.editInventoryItem({**key, "assignedTo": "Nobody"}), "(Nobody)")
    done(service.editInventoryItem({**key, "newInventoryNumber": "555-0199"}))
    found = service.getInventoryItem(serviceTypeID=6, inventoryNumber="555-0199").inventoryItem
    same(found, {"assignedTo": "E1022", "vendor": "AT&T", "inventoryNumber": "555-0199"})


def lists(service):
    answer = service.findInventoryItem({"serviceTypeID": 6}, 1, 1)
    done(answer.result)
    check(len(answer.inventoryItem) == 1 and answer.totalRecords == 2, "a page has not one of two items")
    check(answer.inventoryItem[0].lastActionDate, "a find does not tell the last action")
    failed(service.findInventoryItem({"serviceTypeID": 6, "vendorContract": "VZ-2026"}).result, "needs the field")
    answer = service.getInventoryLog(serviceTypeID=6, inventoryNumber="555-0199")
    done(answer.result)
    check([(e.action, e.modifiedBy) for e in answer.logItem] == [("Add", USER), ("Edit", USER), ("Edit", USER)],
          f"the log is {answer.logItem}")
    failed(service.getInventoryLog(serviceTypeID=6).result, "together")


def doors(url):
    for user, secret in ((USER, "0" * 64), ("nobody", password_hash())):
        try:
            connect(url, user, secret).getServiceTypes()
            raise Wrong("a wrong login was let in")
        except zeep.exceptions.Fault as fault:
            check("security token" in fault.message, f"a wrong login was answered {fault.message!r}")
    broken = ('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><t:GetServiceTypeIDRequest '
              'xmlns:t="http://www.asentinel.com/asentinelws/schemas/invord"/></e:Body></e:Envelope>')
    answer = requests.post(url + SERVICE, data=broken, headers={"Content-Type": "text/xml"}, timeout=60)
    check(answer.status_code == 500 and "No WS-Security header found" in answer.text, "a call without a login was heard")


def test():
    with tempfile.TemporaryDirectory() as name, simulated_tangoe(pathlib.Path(name)) as url:
        service = connect(url, USER, password_hash())
        service_types(service)
        items(service)
        lists(service)
        doors(url)


main(test)
