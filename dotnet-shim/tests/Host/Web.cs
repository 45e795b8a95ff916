using System.IO.Compression;
using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Jellyfin.Data;
using Jellyfin.Database.Implementations.Enums;
using MediaBrowser.Common.Api;
using MediaBrowser.Common.Extensions;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SecurityException = MediaBrowser.Controller.Net.SecurityException;

namespace Jellyward.TestHost;

/// <summary>The pipeline of Jellyfin's Startup, in its order.</summary>
internal static class Web {
    private const string Scheme = "CustomAuthentication";

    public static void AddServices(IServiceCollection services, ServerConfiguration configuration, PluginManager plugins) {
        services.AddHttpContextAccessor();
        services.AddResponseCompression(options => options.MimeTypes = ResponseCompressionDefaults.MimeTypes);
        services.Configure<ForwardedHeadersOptions>(options => {
            options.ForwardedHeaders = configuration.KnownProxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = null;
            foreach (var proxy in configuration.KnownProxies) {
                options.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        });
        var mvc = services.AddMvc(options => {
            options.RespectBrowserAcceptHeader = true;
            options.OutputFormatters.Insert(0, new ProfileFormatter(JsonNamingPolicy.CamelCase, "CamelCase"));
            options.OutputFormatters.Insert(0, new ProfileFormatter(null, "PascalCase"));
        });
        mvc.ConfigureApplicationPartManager(parts => parts.ApplicationParts.Clear());
        mvc.AddApplicationPart(typeof(Web).Assembly);
        foreach (var assembly in plugins.ControllerAssemblies) {
            mvc.AddApplicationPart(assembly);
        }

        mvc.ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()));
        mvc.AddControllersAsServices();
        mvc.AddJsonOptions(options => ProfileFormatter.Fill(options.JsonSerializerOptions, null));
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, AuthenticationHandler>(Scheme, null);
        services.AddSingleton<IAuthorizationHandler, EnterHandler>();
        services.AddAuthorization(options => {
            options.DefaultPolicy = new AuthorizationPolicyBuilder(Scheme).AddRequirements(new EnterRequirement(false)).Build();
            options.AddPolicy(Policies.RequiresElevation, policy => policy.AddAuthenticationSchemes(Scheme).AddRequirements(new EnterRequirement(true)));
        });
    }

    public static void Configure(WebApplication app, ServerConfiguration configuration, Paths paths) {
        app.Use(async (http, next) => {
            if (configuration.BaseUrl.Length > 0 && !http.Request.Path.StartsWithSegments(configuration.BaseUrl)) {
                http.Response.Redirect($"{configuration.BaseUrl}/web/");
                return;
            }

            await next(http);
        });
        if (configuration.BaseUrl.Length > 0) {
            app.Map(configuration.BaseUrl, inner => ConfigureInner(inner, paths));
        } else {
            ConfigureInner(app, paths);
        }
    }

    private static void ConfigureInner(IApplicationBuilder app, Paths paths) {
        app.UseForwardedHeaders();
        app.Use(MapExceptions);
        app.UseResponseCompression();
        app.Use((http, next) => {
            foreach (var prefix in new[] { "/emby", "/mediabrowser" }) {
                if (http.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase, out var rest)) {
                    http.Request.Path = rest;
                    break;
                }
            }

            return next(http);
        });
        if (Directory.Exists(paths.WebPath)) {
            var files = new PhysicalFileProvider(paths.WebPath);
            app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files, RequestPath = "/web" });
            app.UseStaticFiles(new StaticFileOptions {
                FileProvider = files,
                RequestPath = "/web",
                OnPrepareResponse = file => {
                    if (file.File.Name == "index.html") {
                        file.Context.Response.Headers.CacheControl = "no-cache";
                    }
                },
            });
        }

        app.UseAuthentication();
        app.UseRouting();
        app.UseAuthorization();
        app.UseEndpoints(endpoints => {
            endpoints.MapControllers();
            endpoints.MapGet("/health", () => "Healthy");
        });
    }

    private static async Task MapExceptions(HttpContext http, RequestDelegate next) {
        try {
            await next(http);
        } catch (Exception e) when (!http.Response.HasStarted) {
            var log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("ExceptionMiddleware");
            log.LogError("Error processing request: {Message}. URL {Method} {Url}.", e.Message.TrimEnd('.'), http.Request.Method, http.Request.Path);
            http.Response.StatusCode = e switch {
                ArgumentException => 400,
                AuthenticationException => 401,
                SecurityException => 403,
                NotFoundException => 404,
                _ => 500,
            };
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("Error processing request.");
        }
    }

    private sealed class InternalControllers : Microsoft.AspNetCore.Mvc.Controllers.ControllerFeatureProvider {
        protected override bool IsController(System.Reflection.TypeInfo typeInfo) =>
            typeInfo.Assembly == typeof(Web).Assembly && !typeInfo.IsAbstract && typeInfo.IsAssignableTo(typeof(Microsoft.AspNetCore.Mvc.ControllerBase));
    }

    private sealed class ProfileFormatter : SystemTextJsonOutputFormatter {
        public ProfileFormatter(JsonNamingPolicy? naming, string profile)
            : base(Fill(new JsonSerializerOptions(), naming)) {
            SupportedMediaTypes.Clear();
            SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse($"application/json; profile=\"{profile}\""));
        }

        public static JsonSerializerOptions Fill(JsonSerializerOptions options, JsonNamingPolicy? naming) {
            options.PropertyNamingPolicy = naming;
            options.PropertyNameCaseInsensitive = true;
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.Converters.Add(new GuidConverter());
            options.Converters.Add(new JsonStringEnumConverter());
            options.TypeInfoResolver ??= new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver();
            return options;
        }
    }

    private sealed class GuidConverter : JsonConverter<Guid> {
        public override Guid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Guid.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Guid value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString("N"));
    }

    private sealed class AuthenticationHandler(AuthorizationContext context, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder) {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() {
            var info = context.Read(Request);
            if (string.IsNullOrEmpty(info.Token)) {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            if (!info.IsAuthenticated || info.User?.HasPermission(PermissionKind.IsDisabled) == true) {
                return Task.FromResult(AuthenticateResult.Fail("Invalid token."));
            }

            var role = info.IsApiKey || info.User?.HasPermission(PermissionKind.IsAdministrator) == true ? "Administrator" : "User";
            Claim[] claims = [new(ClaimTypes.Role, role), new("Jellyfin-UserId", info.UserId.ToString("N")), new("Jellyfin-Token", info.Token), new("Jellyfin-IsApiKey", info.IsApiKey.ToString())];
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name)));
        }
    }

    private sealed class EnterRequirement(bool elevated) : IAuthorizationRequirement {
        public bool Elevated => elevated;
    }

    /// <summary>Asked on every request: address and schedule, and for some the role.</summary>
    private sealed class EnterHandler(UserManager users, INetworkManager network, IHttpContextAccessor accessor) : AuthorizationHandler<EnterRequirement> {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, EnterRequirement requirement) {
            var id = context.User.FindFirst("Jellyfin-UserId")?.Value;
            if (id is null) {
                return Task.CompletedTask;
            }

            var admin = context.User.IsInRole("Administrator");
            if (Guid.Parse(id) != Guid.Empty) {
                var user = users.GetUserById(Guid.Parse(id)) ?? throw new NotFoundException();
                var local = network.IsInLocalNetwork(accessor.HttpContext!.GetNormalizedRemoteIP().ToString());
                if ((!local && !user.HasPermission(PermissionKind.EnableRemoteAccess)) || (!admin && !user.IsParentalScheduleAllowed())) {
                    context.Fail();
                    return Task.CompletedTask;
                }
            }

            if (admin || !requirement.Elevated) {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
