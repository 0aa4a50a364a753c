metadata description = 'One identity a program, so that each can be given only what it does.'

param location string
param tags object
param prefix string

resource functionsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-functions'
  location: location
  tags: tags
}

resource extractIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-extract'
  location: location
  tags: tags
}

resource analyzeIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-analyze'
  location: location
  tags: tags
}

output functions identityType = {
  id: functionsIdentity.id
  principalId: functionsIdentity.properties.principalId
  clientId: functionsIdentity.properties.clientId
}
output extract identityType = {
  id: extractIdentity.id
  principalId: extractIdentity.properties.principalId
  clientId: extractIdentity.properties.clientId
}
output analyze identityType = {
  id: analyzeIdentity.id
  principalId: analyzeIdentity.properties.principalId
  clientId: analyzeIdentity.properties.clientId
}

@export()
type identityType = {
  @description('Resource id.')
  id: string
  principalId: string
  clientId: string
}
