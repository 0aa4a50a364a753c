metadata description = 'Virtual networks of the optional private deployment; the workers get their own where they are in another region.'

param location string
param workerLocation string
param tags object
param prefix string

var sameRegion = location == workerLocation

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${prefix}-main'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: '10.20.0.0/24'
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      { name: 'endpoints', properties: { addressPrefix: '10.20.1.0/24' } }
      {
        name: 'workers'
        properties: {
          addressPrefix: '10.20.2.0/23'
          delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

resource remote 'Microsoft.Network/virtualNetworks@2024-05-01' = if (!sameRegion) {
  name: '${prefix}-workers'
  location: workerLocation
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.21.0.0/16'] }
    subnets: [
      {
        name: 'workers'
        properties: {
          addressPrefix: '10.21.0.0/23'
          delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

resource there 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = if (!sameRegion) {
  parent: network
  name: 'to-workers'
  properties: { remoteVirtualNetwork: { id: remote.id }, allowVirtualNetworkAccess: true }
}

resource back 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = if (!sameRegion) {
  parent: remote
  name: 'to-main'
  properties: { remoteVirtualNetwork: { id: network.id }, allowVirtualNetworkAccess: true }
}

output networkId string = network.id
output workerNetworkId string = sameRegion ? network.id : remote.id
output functionsSubnetId string = '${network.id}/subnets/functions'
output endpointSubnetId string = '${network.id}/subnets/endpoints'
output workersSubnetId string = sameRegion ? '${network.id}/subnets/workers' : '${remote.id}/subnets/workers'
