// Shows /openapi.json in Swagger UI, with the key filled in that any request needs and nobody checks.

const dark = matchMedia("(prefers-color-scheme: dark)");
const followColorScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followColorScheme);
followColorScheme();

const viewer = SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("viewer"),
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  onComplete: () => viewer.preauthorizeApiKey("ApiKey", "any"),
});
