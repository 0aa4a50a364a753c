using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.Infrastructure.Tests.Bicep;

/// <summary>Identities only, and each no more than it does.</summary>
public sealed partial class AccessTests(CompiledTemplate template)
{
    [Fact]
    public void No_account_accepts_a_key()
    {
        foreach (var account in template.Resources("Microsoft.Storage/storageAccounts").Where(a => a.TryGetProperty("properties", out _)))
        {
            Assert.False(account.GetProperty("properties").GetProperty("allowSharedKeyAccess").GetBoolean());
            Assert.False(account.GetProperty("properties").GetProperty("allowBlobPublicAccess").GetBoolean());
        }

        Assert.False(Only("Microsoft.ContainerRegistry/registries").GetProperty("adminUserEnabled").GetBoolean());
        Assert.True(Only("Microsoft.ServiceBus/namespaces").GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(Only("Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.All(template.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), p => Assert.False(p.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public void Nothing_asks_for_a_key()
        => Assert.DoesNotMatch(@"(?i)listKeys|listCredentials|listConnectionStrings|listSecrets|accountKey|sharedKey'|AccountKey=|SharedAccessSignature|securestring", template.Text);

    [Fact]
    public void Outputs_hold_no_secret()
    {
        var outputs = template.Root.GetProperty("outputs").EnumerateObject().ToList();
        Assert.All(outputs, o => Assert.Equal("string", o.Value.GetProperty("type").GetString()));
        Assert.All(outputs, o => Assert.DoesNotMatch("(?i)key|secret|password|connection|sas", o.Name));
        Assert.Equal(
            [
                "AZURE_CONTAINER_ENVIRONMENT_NAME", "AZURE_CONTAINER_REGISTRY_ENDPOINT", "AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "AZURE_TENANT_ID", "DataStorage__accountName",
                "PIPELINE_DEFAULT_MODEL", "PIPELINE_GPU", "SERVICE_ANALYZE_NAME", "SERVICE_EXTRACT_NAME", "SERVICE_FUNCTIONS_NAME",
            ],
            outputs.Select(o => o.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Functions_may_do_what_the_workflow_does()
        => Assert.Equal(
            [
                "analyses blobDataContributor", "analysis queueDataMessageSender", "analysis queueDataReader", "analysis-poison queueDataContributor", "documents blobDataContributor",
                "extraction queueDataMessageSender", "extraction queueDataReader", "extraction-poison queueDataContributor", "inbox blobDataReader", "intake queueDataContributor",
                "intake-poison queueDataContributor", "question-sets blobDataReader", "requests blobDataContributor", "results queueDataMessageSender", "submissions blobDataReader",
                "workflow-events queueDataContributor", "workflow-events-poison queueDataContributor",
            ],
            Grants("functionsId"));

    [Fact]
    public void Extract_may_not_see_the_inbox_or_the_cache()
        => Assert.Equal(
            ["analyses blobDataContributor", "documents blobDataContributor", "extraction queueDataContributor", "extraction-poison queueDataMessageSender", "models blobDataReader", "workflow-events queueDataMessageSender"],
            Grants("extractId"));

    [Fact]
    public void Analyze_may_not_change_a_document()
        => Assert.Equal(
            [
                "analyses blobDataContributor", "analysis queueDataContributor", "analysis-poison queueDataMessageSender", "documents blobDataReader", "kv-cache blobDataContributor",
                "models blobDataReader", "workflow-events queueDataMessageSender",
            ],
            Grants("analyzeId"));

    [Fact]
    public void The_host_has_the_roles_that_durable_functions_need() => Assert.Equal(["blobDataOwner", "queueDataContributor", "tableDataContributor"], HostRoles());

    [Fact]
    public void Event_grid_may_only_send_to_the_intake_queue()
    {
        var module = template.Module("intake-events");
        var grant = Assert.Single(CompiledTemplate.Resources(module), r => r.GetProperty("type").GetString() == "Microsoft.Authorization/roleAssignments");
        Assert.Contains("queues', parameters('accountName'), 'default', 'intake'", grant.GetProperty("scope").GetString(), StringComparison.Ordinal);
        Assert.Contains("queueDataMessageSender", grant.GetProperty("properties").GetProperty("roleDefinitionId").GetString(), StringComparison.Ordinal);
        var subscription = Assert.Single(template.Resources("Microsoft.EventGrid/systemTopics/eventSubscriptions")).GetProperty("properties");
        Assert.Equal("/blobServices/default/containers/inbox/", subscription.GetProperty("filter").GetProperty("subjectBeginsWith").GetString());
        Assert.Equal("intake", subscription.GetProperty("deliveryWithResourceIdentity").GetProperty("destination").GetProperty("properties").GetProperty("queueName").GetString());
    }

    [Fact]
    public void The_operator_gets_roles_only_where_there_is_one()
        => Assert.Contains("empty(parameters('operatorId'))", template.Module("data-access").GetProperty("variables").GetProperty("operatorRoles").GetString(), StringComparison.Ordinal);

    private IEnumerable<string> HostRoles() => template.Module("host-storage").GetProperty("variables").GetProperty("hostRoles").EnumerateArray().Select(r => RoleName(r.GetString()!));

    private List<string> Grants(string who)
    {
        var variables = template.Module("data-access").GetProperty("variables");
        var known = CompiledTemplate.Loaded(template.Module("data-access"), "blobDataReader");
        var grants = new List<string>();
        foreach (var grant in variables.GetProperty("containerGrants").EnumerateArray().Concat(variables.GetProperty("queueGrants").EnumerateArray()))
        {
            if (grant.GetProperty("who").GetString() != $"[parameters('{who}')]") continue;
            var role = RoleName(grant.GetProperty("role").GetString()!);
            Assert.True(Guid.TryParse(known.GetProperty(role).GetString(), out _));
            grants.Add($"{(grant.TryGetProperty("container", out var container) ? container : grant.GetProperty("queue")).GetString()} {role}");
        }

        grants.Sort(StringComparer.Ordinal);
        return grants;
    }

    private static string RoleName(string expression) => Member().Match(expression).Groups[1].Value;

    private JsonElement Only(string type) => Assert.Single(template.Resources(type), r => r.TryGetProperty("properties", out _) && !(r.TryGetProperty("existing", out var e) && e.GetBoolean())).GetProperty("properties");

    [GeneratedRegex(@"\.(\w+)\]$")]
    private static partial Regex Member();
}
