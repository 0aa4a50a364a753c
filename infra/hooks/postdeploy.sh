#!/bin/sh
# Run by azd after a deployment, with the outputs of infra/main.bicep in the environment.
set -eu
cd "$(dirname "$0")/../.."
dotnet run --project src/Pipeline.Cli -c Release -v q -- seed
dotnet run --project src/Pipeline.Cli -c Release -v q -- doctor --azure
