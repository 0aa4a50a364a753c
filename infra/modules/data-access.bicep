metadata description = 'Who may do what with which container and queue.'

param accountName string
param functionsId string
param extractId string
param analyzeId string
param operatorId string
param operatorType string

var roles = loadJsonContent('../roles.json')

var containerGrants = [
  { container: 'inbox', who: functionsId, role: roles.blobDataReader }
  { container: 'submissions', who: functionsId, role: roles.blobDataReader }
  { container: 'question-sets', who: functionsId, role: roles.blobDataReader }
  { container: 'documents', who: functionsId, role: roles.blobDataContributor }
  { container: 'analyses', who: functionsId, role: roles.blobDataContributor }
  { container: 'requests', who: functionsId, role: roles.blobDataContributor }
  { container: 'documents', who: extractId, role: roles.blobDataContributor }
  { container: 'analyses', who: extractId, role: roles.blobDataContributor }
  { container: 'models', who: extractId, role: roles.blobDataReader }
  { container: 'documents', who: analyzeId, role: roles.blobDataReader }
  { container: 'analyses', who: analyzeId, role: roles.blobDataContributor }
  { container: 'kv-cache', who: analyzeId, role: roles.blobDataContributor }
  { container: 'models', who: analyzeId, role: roles.blobDataReader }
]

// A reader takes, renews and deletes messages: that, and the scaler's look at the length, is the contributor's role on the one queue.
var queueGrants = [
  { queue: 'intake', who: functionsId, role: roles.queueDataContributor }
  { queue: 'workflow-events', who: functionsId, role: roles.queueDataContributor }
  { queue: 'intake-poison', who: functionsId, role: roles.queueDataContributor }
  { queue: 'extraction-poison', who: functionsId, role: roles.queueDataContributor }
  { queue: 'analysis-poison', who: functionsId, role: roles.queueDataContributor }
  { queue: 'workflow-events-poison', who: functionsId, role: roles.queueDataContributor }
  { queue: 'extraction', who: functionsId, role: roles.queueDataMessageSender }
  { queue: 'extraction', who: functionsId, role: roles.queueDataReader }
  { queue: 'analysis', who: functionsId, role: roles.queueDataMessageSender }
  { queue: 'analysis', who: functionsId, role: roles.queueDataReader }
  { queue: 'results', who: functionsId, role: roles.queueDataMessageSender }
  { queue: 'extraction', who: extractId, role: roles.queueDataContributor }
  { queue: 'extraction-poison', who: extractId, role: roles.queueDataMessageSender }
  { queue: 'workflow-events', who: extractId, role: roles.queueDataMessageSender }
  { queue: 'analysis', who: analyzeId, role: roles.queueDataContributor }
  { queue: 'analysis-poison', who: analyzeId, role: roles.queueDataMessageSender }
  { queue: 'workflow-events', who: analyzeId, role: roles.queueDataMessageSender }
]

// The command line: submit, status, delete, doctor; uploads of models and question sets.
var operatorRoles = empty(operatorId) ? [] : [roles.blobDataContributor, roles.queueDataContributor]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' existing = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' existing = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = [for grant in containerGrants: {
  parent: blobs
  name: grant.container
}]

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [for grant in queueGrants: {
  parent: queueService
  name: grant.queue
}]

resource containerAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in containerGrants: {
  name: guid(account.id, grant.container, grant.who, grant.role)
  scope: containers[i]
  properties: {
    principalId: grant.who
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
  }
}]

resource queueAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in queueGrants: {
  name: guid(account.id, 'queue', grant.queue, grant.who, grant.role)
  scope: queues[i]
  properties: {
    principalId: grant.who
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
  }
}]

resource operatorAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in operatorRoles: {
  name: guid(account.id, operatorId, role)
  scope: account
  properties: {
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]
