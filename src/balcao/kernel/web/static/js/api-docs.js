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

// Swagger UI names only its list as a part of the page; the rest is named here.
const parts = { ".information-container": ["banner", null], ".scheme-container": ["region", "Authorization"], ".filter-container": ["search", "Filter"] };
function name() {
  for (const [selector, [role, label]] of Object.entries(parts)) {
    const part = document.querySelector(`#swagger-ui ${selector}`);
    if (!part || part.hasAttribute("role")) continue;
    part.setAttribute("role", role);
    if (label) part.setAttribute("aria-label", label);
  }
}

// Both jump over levels of headings; whoever walks from heading to heading gets them one by one.
function order() {
  let level = 0;
  document.querySelectorAll("body :is(h1, h2, h3, h4, h5, h6)").forEach((heading) => {
    const own = Number(heading.tagName[1]);
    const here = Math.min(own, level + 1);
    if (here !== own) heading.setAttribute("aria-level", String(here));
    else if (heading.hasAttribute("aria-level")) heading.removeAttribute("aria-level");
    level = here;
  });
}
new MutationObserver(() => { name(); order(); }).observe(swagger ?? redoc, { childList: true, subtree: true });
