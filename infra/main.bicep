targetScope = 'subscription'

metadata description = 'Pipeline: whole-document analysis on Azure Functions and Container Apps. Identities only; no account here accepts a key.'

@minLength(1)
@maxLength(32)
@description('Name of the azd environment; part of every resource name.')
param environmentName string

@minLength(1)
@description('Region of everything but the workers. Needs Flex Consumption.')
param location string

@description('Region of the Container Apps environment, where it has to be another one for a GPU. Empty: as location.')
param workerLocation string = ''

@description('The deploying principal: it gets the roles that the command line and the upload of models need. Empty: nobody.')
param principalId string = ''

@allowed(['User', 'ServicePrincipal'])
param principalType string = 'User'

@allowed(['none', 't4', 'a100'])
@description('GPU of the role analyze. none: it runs on processors, without any GPU quota.')
param gpu string = 'none'

@minValue(1)
@maxValue(20)
@description('Most documents read at the same time; with a GPU, the quota of GPUs.')
param maxAnalyzeReplicas int = 1

@minValue(1)
@maxValue(100)
param maxExtractReplicas int = 10

@description('Takes intake messages from a Service Bus queue as well.')
param useServiceBus bool = false

@description('Storage by private endpoints only. The registry has one too, and stays open for builds.')
param usePrivateNetwork bool = false

@description('Public addresses that may reach storage although the network is private (the operator\'s), as IPv4 or CIDR.')
param operatorAddresses array = []

@description('Receives alerts. Empty: alerts are only recorded.')
param alertEmail string = ''

@minValue(1)
@maxValue(3650)
@description('Days that originals, texts, analyses and requests are kept.')
param retentionDays int = 90

@minValue(1)
@maxValue(3650)
@description('Days that KV blocks stay after they were last written.')
param kvRetentionDays int = 30

@description('Durable Functions\' task hub. A new name leaves work in flight to the old version.')
param taskHub string = 'PipelineHub'

@description('Separates the KV caches of tenants: part of every block\'s key.')
param tenant string = ''

@description('Image of the role extract; azd fills it in.')
param extractImage string = ''

@description('Image of the role analyze; azd fills it in.')
param analyzeImage string = ''

var abbreviations = loadJsonContent('abbreviations.json')
var models = loadJsonContent('gpu-models.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, application: 'pipeline' }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: '${abbreviations.resourceGroup}${environmentName}'
  location: location
  tags: tags
}

module resources 'resources.bicep' = {
  scope: group
  name: 'pipeline'
  params: {
    location: location
    workerLocation: empty(workerLocation) ? location : workerLocation
    token: token
    tags: tags
    principalId: principalId
    principalType: principalType
    model: models[gpu]
    maxAnalyzeReplicas: maxAnalyzeReplicas
    maxExtractReplicas: maxExtractReplicas
    useServiceBus: useServiceBus
    usePrivateNetwork: usePrivateNetwork
    operatorAddresses: operatorAddresses
    alertEmail: alertEmail
    retentionDays: retentionDays
    kvRetentionDays: kvRetentionDays
    taskHub: taskHub
    tenant: tenant
    extractImage: extractImage
    analyzeImage: analyzeImage
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = az.tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = resources.outputs.registryEndpoint
output AZURE_CONTAINER_ENVIRONMENT_NAME string = resources.outputs.environmentName
output SERVICE_FUNCTIONS_NAME string = resources.outputs.functionAppName
output SERVICE_EXTRACT_NAME string = resources.outputs.extractAppName
output SERVICE_ANALYZE_NAME string = resources.outputs.analyzeAppName
// Read by the command line and the hooks as they are.
output DataStorage__accountName string = resources.outputs.dataAccountName
output PIPELINE_DEFAULT_MODEL string = models[gpu].name
output PIPELINE_GPU string = gpu
