import { identityType } from 'identities.bicep'

metadata description = 'The two roles of the worker: extract on processors, analyze where the model runs.'

param location string
param tags object
param prefix string
param environmentId string
param workspaceId string
param registryEndpoint string
param extractIdentity identityType
param analyzeIdentity identityType
param dataAccountName string
param insightsName string
@description('An entry of gpu-models.json.')
param model object
param maxExtractReplicas int
param maxAnalyzeReplicas int
param tenant string
param extractImage string
param analyzeImage string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Engine, provider and memory go to extract too: it decides whether a document fits the worker that will read it.
var modelSettings = [
  { name: 'Worker__Engine', value: model.engine }
  { name: 'Worker__Provider', value: model.provider }
  { name: 'Worker__MemoryBytes', value: string(model.cardBytes - model.weightBytes - model.workspaceBytes - model.batchBytes) }
  { name: 'Worker__BatchBytes', value: string(model.batchBytes) }
  { name: 'Worker__ChunkTokens', value: string(model.chunkTokens) }
  { name: 'Worker__Tenant', value: tenant }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
]

module extract 'worker.bicep' = {
  name: 'worker-extract'
  params: {
    location: location
    tags: tags
    name: '${prefix}-extract'
    role: 'extract'
    environmentId: environmentId
    workspaceId: workspaceId
    profile: 'Consumption'
    cpu: '2'
    memory: '4Gi'
    registryEndpoint: registryEndpoint
    identity: extractIdentity
    image: extractImage
    dataAccountName: dataAccountName
    queueName: 'extraction'
    queueLength: 2
    maxReplicas: maxExtractReplicas
    settings: modelSettings
  }
}

module analyze 'worker.bicep' = {
  name: 'worker-analyze'
  params: {
    location: location
    tags: tags
    name: '${prefix}-analyze'
    role: 'analyze'
    environmentId: environmentId
    workspaceId: workspaceId
    profile: model.provider == 'cuda' ? 'gpu' : 'Consumption'
    cpu: string(model.cpu)
    memory: model.memory
    registryEndpoint: registryEndpoint
    identity: analyzeIdentity
    image: analyzeImage
    dataAccountName: dataAccountName
    queueName: 'analysis'
    // One document keeps one worker busy.
    queueLength: 1
    maxReplicas: maxAnalyzeReplicas
    settings: modelSettings
  }
}

output extractName string = extract.outputs.name
output analyzeName string = analyze.outputs.name
