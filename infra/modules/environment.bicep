metadata description = 'Container Apps environment: processors always, one GPU profile where asked for.'

param location string
param tags object
param name string
param workspaceId string
@description('Consumption-GPU-NC8as-T4, Consumption-GPU-NC24-A100, or empty for none: then no GPU quota is needed.')
param gpuProfile string
@description('Empty: no virtual network of our own.')
param subnetId string

var processors = { name: 'Consumption', workloadProfileType: 'Consumption' }

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // To the workspace by diagnostic settings: the direct way asks for its key.
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    workloadProfiles: empty(gpuProfile) ? [processors] : [processors, { name: 'gpu', workloadProfileType: gpuProfile }]
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: environment
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

output id string = environment.id
output name string = environment.name
