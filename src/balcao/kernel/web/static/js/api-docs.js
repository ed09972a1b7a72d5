// The API documents: draws Swagger UI or ReDoc on this installation's own description.
const swagger = document.getElementById("swagger-ui");
const redoc = document.getElementById("redoc");

if (swagger) {
  window.ui = window.SwaggerUIBundle({
    url: "/openapi.json",
    domNode: swagger,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}
if (redoc) {
  window.Redoc.init("/openapi.json", {
    hideDownloadButton: false,
    nativeScrollbars: true,
    theme: {
      colors: { primary: { main: "#1F4FD8" } },
      typography: { fontFamily: '"Instrument Sans", system-ui, sans-serif', headings: { fontFamily: '"Bricolage Grotesque", system-ui, sans-serif' } },
    },
  }, redoc);
}
