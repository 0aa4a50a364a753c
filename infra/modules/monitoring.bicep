metadata description = 'Log Analytics and Application Insights; telemetry is taken from identities only.'

param location string
param tags object
param workspaceName string
param insightsName string
param publisherIds string[]

var roles = loadJsonContent('../roles.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: 2 }
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: { Application_Type: 'web', WorkspaceResourceId: workspace.id, DisableLocalAuth: true }
}

resource publishers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for id in publisherIds: {
  name: guid(insights.id, id, roles.monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: id
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
  }
}]

output workspaceId string = workspace.id
output insightsName string = insights.name
