metadata description = 'What an operator must hear of. The numbers come from the function Sweep, once a minute, and from the workers.'

param location string
param tags object
param name string
param email string
param workspaceId string
param analyzeAppName string

var rules = [
  {
    name: 'poison-messages'
    severity: 2
    description: 'A message failed too often and lies in a poison queue.'
    query: 'AppMetrics | where Name == "pipeline.queue.length" and tostring(Properties["pipeline.queue"]) endswith "-poison" | summarize Length = max(Max) by Queue = tostring(Properties["pipeline.queue"]) | where Length > 0'
    window: 'PT15M'
  }
  {
    name: 'old-messages'
    severity: 2
    description: 'A message has waited more than 30 minutes: no worker takes it. With a GPU, look at its quota and at the replica.'
    query: 'AppMetrics | where Name == "pipeline.queue.age" | summarize Age = max(Max) by Queue = tostring(Properties["pipeline.queue"]) | where Age > 1800'
    window: 'PT15M'
  }
  {
    name: 'failed-analyses'
    severity: 3
    description: 'Analyses ended as Failed.'
    query: 'AppMetrics | where Name == "pipeline.analysis.finished" and tostring(Properties["pipeline.state"]) == "Failed" | summarize Failed = sum(Sum) by Cause = tostring(Properties["pipeline.problem"]) | where Failed > 0'
    window: 'PT1H'
  }
  {
    name: 'stuck-replica'
    severity: 2
    description: 'A replica of the role analyze has been up for 4 hours in which no document was finished and no token read. It costs money and does nothing.'
    query: 'let work = toscalar(AppMetrics | where Name in ("pipeline.work.duration", "pipeline.tokens.read") | where AppRoleName == "pipeline-worker" | summarize sum(ItemCount)); AzureMetrics | where Resource =~ "${analyzeAppName}" and MetricName == "Replicas" | summarize Samples = countif(Maximum > 0), Minutes = count() | where Samples > 200 and (isnull(work) or work == 0)'
    window: 'PT4H'
  }
]

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'pipeline'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'pipeline-${rule.name}'
  location: location
  tags: tags
  properties: {
    displayName: 'Pipeline: ${rule.name}'
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: rule.window
    // The tables appear with the first telemetry.
    skipQueryValidation: true
    criteria: {
      allOf: [
        { query: rule.query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0, failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 } }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: empty(email) ? [] : [receivers.id] }
  }
}]
