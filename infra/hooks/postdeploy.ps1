# Run by azd after a deployment, with the outputs of infra/main.bicep in the environment.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')
dotnet run --project src/Pipeline.Cli -c Release -v q -- seed
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet run --project src/Pipeline.Cli -c Release -v q -- doctor --azure
exit $LASTEXITCODE
