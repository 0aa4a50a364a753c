metadata description = 'Everything in the resource group, in the order it depends on each other.'

param location string
param workerLocation string
param token string
param tags object
param principalId string
param principalType string
@description('An entry of gpu-models.json.')
param model object
param maxAnalyzeReplicas int
param maxExtractReplicas int
param useServiceBus bool
param usePrivateNetwork bool
param operatorAddresses array
param alertEmail string
param retentionDays int
param kvRetentionDays int
param taskHub string
param tenant string
param extractImage string
param analyzeImage string

var abbreviations = loadJsonContent('abbreviations.json')

module identities 'modules/identities.bicep' = {
  name: 'identities'
  params: { location: location, tags: tags, prefix: '${abbreviations.managedIdentity}${token}' }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    workspaceName: '${abbreviations.logAnalyticsWorkspace}${token}'
    insightsName: '${abbreviations.applicationInsights}${token}'
    publisherIds: [
      identities.outputs.functions.principalId
      identities.outputs.extract.principalId
      identities.outputs.analyze.principalId
    ]
  }
}

module network 'modules/network.bicep' = if (usePrivateNetwork) {
  name: 'network'
  params: { location: location, workerLocation: workerLocation, tags: tags, prefix: '${abbreviations.virtualNetwork}${token}' }
}

module dataStorage 'modules/data-storage.bicep' = {
  name: 'data-storage'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.storageAccount}data${token}'
    retentionDays: retentionDays
    kvRetentionDays: kvRetentionDays
    isPrivate: usePrivateNetwork
    operatorAddresses: operatorAddresses
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'host-storage'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.storageAccount}host${token}'
    hostPrincipalId: identities.outputs.functions.principalId
    isPrivate: usePrivateNetwork
    operatorAddresses: operatorAddresses
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  params: {
    location: workerLocation
    tags: tags
    name: '${abbreviations.containerRegistry}${token}'
    pullerIds: [identities.outputs.extract.principalId, identities.outputs.analyze.principalId]
    pusherId: principalId
    pusherType: principalType
    isPrivate: usePrivateNetwork
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (usePrivateNetwork) {
  name: 'private-endpoints'
  params: {
    location: location
    tags: tags
    prefix: '${abbreviations.privateEndpoint}${token}'
    networkId: network.?outputs.networkId ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    workerNetworkId: network.?outputs.workerNetworkId ?? ''
    dataAccountId: dataStorage.outputs.id
    hostAccountId: hostStorage.outputs.id
    registryId: registry.outputs.id
  }
}

module access 'modules/data-access.bicep' = {
  name: 'data-access'
  params: {
    accountName: dataStorage.outputs.name
    functionsId: identities.outputs.functions.principalId
    extractId: identities.outputs.extract.principalId
    analyzeId: identities.outputs.analyze.principalId
    operatorId: principalId
    operatorType: principalType
  }
}

module intake 'modules/intake-events.bicep' = {
  name: 'intake-events'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.eventGridTopic}${token}'
    accountName: dataStorage.outputs.name
  }
}

module serviceBus 'modules/service-bus.bicep' = if (useServiceBus) {
  name: 'service-bus'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.serviceBusNamespace}${token}'
    receiverId: identities.outputs.functions.principalId
    senderId: principalId
    senderType: principalType
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.functionApp}${token}'
    planName: '${abbreviations.functionPlan}${token}'
    identity: identities.outputs.functions
    hostAccountName: hostStorage.outputs.name
    packageContainer: hostStorage.outputs.packageContainer
    dataAccountName: dataStorage.outputs.name
    insightsName: monitoring.outputs.insightsName
    serviceBusNamespace: serviceBus.?outputs.hostName ?? ''
    defaultModel: model.name
    taskHub: taskHub
    subnetId: network.?outputs.functionsSubnetId ?? ''
  }
  dependsOn: [access]
}

module environment 'modules/environment.bicep' = {
  name: 'environment'
  params: {
    location: workerLocation
    tags: tags
    name: '${abbreviations.containerAppsEnvironment}${token}'
    workspaceId: monitoring.outputs.workspaceId
    gpuProfile: model.provider == 'cuda' ? model.profile : ''
    subnetId: network.?outputs.workersSubnetId ?? ''
  }
}

module workers 'modules/workers.bicep' = {
  name: 'workers'
  params: {
    location: workerLocation
    tags: tags
    prefix: '${abbreviations.containerApp}${token}'
    environmentId: environment.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    registryEndpoint: registry.outputs.endpoint
    extractIdentity: identities.outputs.extract
    analyzeIdentity: identities.outputs.analyze
    dataAccountName: dataStorage.outputs.name
    insightsName: monitoring.outputs.insightsName
    model: model
    maxExtractReplicas: maxExtractReplicas
    maxAnalyzeReplicas: maxAnalyzeReplicas
    tenant: tenant
    extractImage: extractImage
    analyzeImage: analyzeImage
  }
  dependsOn: [access]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.actionGroup}${token}'
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    analyzeAppName: workers.outputs.analyzeName
  }
}

output registryEndpoint string = registry.outputs.endpoint
output environmentName string = environment.outputs.name
output functionAppName string = functions.outputs.name
output extractAppName string = workers.outputs.extractName
output analyzeAppName string = workers.outputs.analyzeName
output dataAccountName string = dataStorage.outputs.name
