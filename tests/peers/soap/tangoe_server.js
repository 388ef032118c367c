// A Tangoe made of the npm registry's `soap`: it reads our requests and writes its answers from the WSDL alone.
// Keeps items in memory, counts records from 1, and lets in the user of TANGOE_USER with the hash of the password in
// TANGOE_HASH. Prints its address when it is up.
'use strict';
const fs = require('fs');
const http = require('http');
const soap = require('soap');

const wsdlFile = process.argv[2];
const types = [{ id: 6, description: 'Wireless', majorTypeDescription: 'Voice' },
  { id: 12, description: 'MPLS', majorTypeDescription: 'Data' }];
const items = [];
const log = [];
const ok = { code: 0, message: 'OK' };
const failure = (message) => ({ code: -1, message });

const indexOf = (key) => items.findIndex((item) =>
  item.serviceTypeID === key.serviceTypeID && item.inventoryNumber === key.inventoryNumber);
const note = (item, action) => log.push({ inventoryID: item.inventoryID, serviceTypeID: item.serviceTypeID,
  inventoryNumber: item.inventoryNumber, serviceType: 'Wireless', vendor: item.vendor, modifiedBy: 'npm', action,
  modificationDate: '11/22/2026 10:00:00' });

const operations = {
  getServiceTypeID({ serviceTypeName }) {
    const type = types.find((one) => one.description === serviceTypeName);
    return { serviceTypeID: type ? type.id : 0, result: type ? ok : failure(`No type (${serviceTypeName}).`) };
  },
  getServiceTypes: () => ({ serviceType: types, result: ok }),
  getCustomFields: () => ({ customField: [{ id: '1', name: 'Colour', value: '', fieldType: 'COMBO', required: 'true' }],
    result: ok }),
  getInventoryItem(key) {
    const index = indexOf(key);
    if (index < 0) return { inventoryItem: { serviceTypeID: 0 }, result: failure('No such item.') };
    return { inventoryItem: items[index], result: ok };
  },
  addInventoryItem({ inventoryItem }) {
    if (indexOf(inventoryItem) >= 0) return { result: failure('There is already such an item.') };
    items.push({ ...inventoryItem, inventoryID: 1000 + items.length });
    note(items[items.length - 1], 'Add');
    return { inventoryID: items[items.length - 1].inventoryID, result: ok };
  },
  editInventoryItem({ inventoryItem }) {
    const index = indexOf(inventoryItem);
    if (index < 0) return { result: failure('No such item.') };
    const { newInventoryNumber, ...changes } = inventoryItem;
    Object.assign(items[index], changes);
    if (newInventoryNumber) items[index].inventoryNumber = newInventoryNumber;
    note(items[index], 'Edit');
    return { result: ok };
  },
  findInventoryItem({ inventoryItem, maxNoOfRecords = 50, fromRecord = 1 }) {
    const found = items.filter((item) => Object.entries(inventoryItem).every(([name, value]) => item[name] === value));
    return { inventoryItem: found.slice(fromRecord - 1, fromRecord - 1 + maxNoOfRecords), result: ok,
      totalRecords: found.length };
  },
  getInventoryLog({ inventoryNumber }) {
    return { logItem: log.filter((entry) => !inventoryNumber || entry.inventoryNumber === inventoryNumber), result: ok };
  },
};

const server = http.createServer((request, response) => response.writeHead(404).end());
server.listen(0, '127.0.0.1', () => {
  const service = soap.listen(server, {
    path: '/asentinelws/services/',
    uri: wsdlFile,
    xml: fs.readFileSync(wsdlFile, 'utf8'),
    services: { InventoryOrderService: { InventoryOrderSoap11: operations } },
  });
  service.authenticate = (security) => {
    const token = security && security.UsernameToken;
    if (!token || token.Username !== process.env.TANGOE_USER) return false;
    const text = (part) => (part.$value === undefined ? part : part.$value);
    const created = token.Created instanceof Date ? token.Created.toISOString() : text(token.Created);
    return text(token.Password) === soap.passwordDigest(text(token.Nonce), created, process.env.TANGOE_HASH);
  };
  console.log(`tangoe listens on http://127.0.0.1:${server.address().port}`);
});
