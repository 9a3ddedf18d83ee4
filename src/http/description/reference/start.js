// Nothing of this page may ask another address; what Scalar would ask by default is off by name here, and the page's
// Content-Security-Policy refuses the rest.
Scalar.createApiReference('#reference', {
  url: 'openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true, hideAddApi: true },
  mcp: { disabled: true },
  persistAuth: false,
  authentication: { preferredSecurityScheme: 'application' },
  documentDownloadType: 'json',
  defaultOpenAllTags: false,
  hideModels: false,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
});
