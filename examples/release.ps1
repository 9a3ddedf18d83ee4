# Release a device and wait for the proof, with PowerShell 7. The values are the emulator's well-known ones; the
# environment replaces them.
#
#     pwsh examples/release.ps1 ws-001.cordon.test "cleaned and validated, ticket 8841"
param([Parameter(Mandatory)][string]$Name, [Parameter(Mandatory)][string]$Comment)
$ErrorActionPreference = 'Stop'

$Url = $env:CORDON_URL ?? 'http://127.0.0.1:8080'
$Tenant = $env:CORDON_TENANT ?? '11111111-1111-4111-8111-111111111111'

$Token = Invoke-RestMethod -Method Post -Uri "$Url/$Tenant/oauth2/v2.0/token" -Body @{
  client_id     = $env:CORDON_CLIENT_ID ?? '22222222-2222-4222-8222-222222222222'
  client_secret = $env:CORDON_CLIENT_SECRET ?? 'cordon-emulator-secret'
  grant_type    = 'client_credentials'
  scope         = 'https://api.securitycenter.microsoft.com/.default'
}
$Headers = @{ Authorization = "Bearer $($Token.access_token)" }

$Filter = [uri]::EscapeDataString("computerDnsName eq '$Name'")
$Machine = (Invoke-RestMethod -Headers $Headers -Uri "$Url/api/machines?`$filter=$Filter").value | Select-Object -First 1
if (-not $Machine) { throw "There is no machine named $Name." }

$Action = Invoke-RestMethod -Method Post -Headers $Headers -ContentType 'application/json' `
  -Uri "$Url/api/machines/$($Machine.id)/unrestrictCodeExecution" -Body (@{ Comment = $Comment } | ConvertTo-Json)
while ($Action.status -in 'Pending', 'InProgress') {
  Start-Sleep -Milliseconds 500
  $Action = Invoke-RestMethod -Headers $Headers -Uri "$Url/api/machineactions/$($Action.id)"
}
"$($Action.id) $($Action.status)"
if ($Action.status -ne 'Succeeded') { exit 1 }
