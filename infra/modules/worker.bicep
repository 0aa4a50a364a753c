import { identityType } from 'identities.bicep'

metadata description = 'One role of the worker: from none to many by the length of its queue.'

param location string
param tags object
param name string
@allowed(['extract', 'analyze'])
param role string
param environmentId string
param workspaceId string
param profile string
param cpu string
param memory string
param registryEndpoint string
param identity identityType
param image string
param dataAccountName string
param queueName string
param queueLength int
param maxReplicas int
param settings array

// Before the first deployment there is no image of ours. Nothing starts it: the scale is zero until a message comes.
var firstImage = 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest'

resource worker 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': role })
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: profile
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryEndpoint, identity: identity.id }]
    }
    template: {
      // The chunk in work ends, its blocks are kept, and the message is sent anew.
      terminationGracePeriodSeconds: 600
      containers: [
        {
          name: 'worker'
          image: empty(image) ? firstImage : image
          resources: { cpu: json(cpu), memory: memory }
          env: concat(settings, [
            { name: 'Worker__Roles', value: role }
            { name: 'Worker__CacheFolder', value: '/scratch/kv' }
            { name: 'Worker__FetchedModelsFolder', value: '/scratch/models' }
            { name: 'DataStorage__accountName', value: dataAccountName }
            { name: 'DataStorage__clientId', value: identity.clientId }
            { name: 'AZURE_CLIENT_ID', value: identity.clientId }
          ])
          volumeMounts: [{ volumeName: 'scratch', mountPath: '/scratch' }]
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/health', port: 8080 }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: { path: '/health', port: 8080 }
              periodSeconds: 30
              timeoutSeconds: 10
              failureThreshold: 6
            }
          ]
        }
      ]
      volumes: [{ name: 'scratch', storageType: 'EmptyDir' }]
      scale: {
        minReplicas: 0
        maxReplicas: maxReplicas
        pollingInterval: 15
        cooldownPeriod: 300
        rules: [
          {
            name: 'queue'
            azureQueue: {
              accountName: dataAccountName
              queueName: queueName
              queueLength: queueLength
              identity: identity.id
            }
          }
        ]
      }
    }
  }
}

resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: worker
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output name string = worker.name
