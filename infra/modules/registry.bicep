metadata description = 'The workers\' images, beside the workers so that a cold start does not cross regions.'

param location string
param tags object
param name string
param pullerIds string[]
param pusherId string
param pusherType string
param isPrivate bool

var roles = loadJsonContent('../roles.json')

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: location
  tags: tags
  // Private endpoints need Premium.
  sku: { name: isPrivate ? 'Premium' : 'Basic' }
  properties: { adminUserEnabled: false }
}

resource pullers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for id in pullerIds: {
  name: guid(registry.id, id, roles.acrPull)
  scope: registry
  properties: {
    principalId: id
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}]

resource pusher 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(pusherId)) {
  name: guid(registry.id, pusherId, roles.acrPush)
  scope: registry
  properties: {
    principalId: pusherId
    principalType: pusherType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPush)
  }
}

output id string = registry.id
output endpoint string = registry.properties.loginServer
