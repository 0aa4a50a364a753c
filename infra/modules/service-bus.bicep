metadata description = 'Optional second way in: a Service Bus queue. Read by OnServiceBusIntake.'

param location string
param tags object
param name string
param receiverId string
param senderId string
param senderType string

var roles = loadJsonContent('../roles.json')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Basic', tier: 'Basic' }
  properties: { disableLocalAuth: true, minimumTlsVersion: '1.2' }

  resource intake 'queues' = {
    name: 'intake'
    properties: { lockDuration: 'PT5M', maxDeliveryCount: 5, deadLetteringOnMessageExpiration: true }
  }
}

resource receiver 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, receiverId, roles.serviceBusDataReceiver)
  scope: namespace::intake
  properties: {
    principalId: receiverId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(senderId)) {
  name: guid(namespace.id, senderId, roles.serviceBusDataSender)
  scope: namespace::intake
  properties: {
    principalId: senderId
    principalType: senderType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

output hostName string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
