import { identityType } from 'identities.bicep'

metadata description = 'Flex Consumption app that runs our custom handler.'

param location string
param tags object
param name string
param planName string
param identity identityType
param hostAccountName string
param packageContainer string
param dataAccountName string
param insightsName string
@description('Empty: no Service Bus.')
param serviceBusNamespace string
param defaultModel string
param taskHub string
@description('Empty: no virtual network.')
param subnetId string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: dataAccountName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

var serviceBusSettings = empty(serviceBusNamespace)
  ? { AzureWebJobs__OnServiceBusIntake__Disabled: 'true' }
  : {
      ServiceBus__fullyQualifiedNamespace: serviceBusNamespace
      ServiceBus__credential: 'managedidentity'
      ServiceBus__clientId: identity.clientId
    }

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
      runtime: { name: 'custom', version: '1.0' }
    }
  }

  // FUNCTIONS_WORKER_RUNTIME is not for Flex Consumption: functionAppConfig.runtime says it.
  resource settings 'config' = {
    name: 'appsettings'
    properties: union(serviceBusSettings, {
      AzureWebJobsStorage__accountName: hostAccount.name
      AzureWebJobsStorage__blobServiceUri: hostAccount.properties.primaryEndpoints.blob
      AzureWebJobsStorage__queueServiceUri: hostAccount.properties.primaryEndpoints.queue
      AzureWebJobsStorage__tableServiceUri: hostAccount.properties.primaryEndpoints.table
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.clientId
      DataStorage__accountName: dataAccount.name
      DataStorage__blobServiceUri: dataAccount.properties.primaryEndpoints.blob
      DataStorage__queueServiceUri: dataAccount.properties.primaryEndpoints.queue
      DataStorage__credential: 'managedidentity'
      DataStorage__clientId: identity.clientId
      ServiceBusIntakeQueue: 'intake'
      Pipeline__DefaultModel: defaultModel
      AzureFunctionsJobHost__extensions__durableTask__hubName: taskHub
      AZURE_CLIENT_ID: identity.clientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
    })
  }

  resource basicDeployment 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource basicFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

output name string = app.name
