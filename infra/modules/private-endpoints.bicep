metadata description = 'Private endpoints of storage and registry, with their names in private DNS.'

param location string
param tags object
param prefix string
param networkId string
param workerNetworkId string
param subnetId string
param dataAccountId string
param hostAccountId string
param registryId string

var suffix = az.environment().suffixes.storage
var endpoints = [
  { name: 'data-blob', target: dataAccountId, group: 'blob', zone: 'privatelink.blob.${suffix}' }
  { name: 'data-queue', target: dataAccountId, group: 'queue', zone: 'privatelink.queue.${suffix}' }
  { name: 'host-blob', target: hostAccountId, group: 'blob', zone: 'privatelink.blob.${suffix}' }
  { name: 'host-queue', target: hostAccountId, group: 'queue', zone: 'privatelink.queue.${suffix}' }
  { name: 'host-table', target: hostAccountId, group: 'table', zone: 'privatelink.table.${suffix}' }
  { name: 'registry', target: registryId, group: 'registry', zone: 'privatelink${az.environment().suffixes.acrLoginServer}' }
]
var zones = union(map(endpoints, e => e.zone), [])
var networks = union([networkId], [workerNetworkId])
var links = flatten(map(zones, (zone, z) => map(networks, (id, n) => { zone: z, network: id, name: 'network-${n}' })))

resource privateZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zones: {
  name: zone
  location: 'global'
  tags: tags
}]

resource zoneLinks 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for link in links: {
  parent: privateZones[link.zone]
  name: link.name
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: link.network } }
}]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [for endpoint in endpoints: {
  name: '${prefix}-${endpoint.name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: endpoint.name, properties: { privateLinkServiceId: endpoint.target, groupIds: [endpoint.group] } }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (endpoint, i) in endpoints: {
  parent: privateEndpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      { name: endpoint.group, properties: { privateDnsZoneId: privateZones[indexOf(zones, endpoint.zone)].id } }
    ]
  }
}]
