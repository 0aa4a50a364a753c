# Run by azd after a deployment, with the outputs of infra/main.bicep in the environment.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location (Join-Path $PSScriptRoot '../..')
dotnet run --project src/Pipeline.Cli -c Release -v q -- seed
dotnet run --project src/Pipeline.Cli -c Release -v q -- doctor --azure
