using System.Net;
using System.Xml.Linq;
using Jellyward.TestHost;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Configuration;
using MediaBrowser.Controller.Devices;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Net;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Configuration;
using MediaBrowser.Model.Cryptography;
using MediaBrowser.Model.Serialization;

// Takes the arguments of a real server: --datadir D --configdir D/config --webdir W. Port, base URL and known proxies
// stand in network.xml, as there.
var arguments = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var paths = new Paths(arguments["--datadir"], arguments.GetValueOrDefault("--webdir") ?? string.Empty);
var configuration = new ServerConfiguration(paths, arguments["--configdir"]);

// A restart from the dashboard is a turn of this loop: same process, nothing unloaded.
bool again;
do {
    var plugins = new PluginManager(paths);
    var host = new ApplicationHost(plugins);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
    builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning);
    builder.WebHost.ConfigureKestrel(kestrel => {
        kestrel.Listen(IPAddress.Loopback, configuration.Port);
        kestrel.Limits.MinRequestBodyDataRate = null; // a body stays away as long as a test likes
    });
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

    var services = builder.Services;
    services.AddSingleton<IServerApplicationHost>(host);
    services.AddSingleton(host);
    services.AddSingleton(plugins);
    services.AddSingleton<IApplicationPaths>(paths);
    services.AddSingleton<IServerConfigurationManager>(configuration);
    services.AddSingleton(configuration);
    services.AddSingleton<IXmlSerializer, Xml>();
    services.AddSingleton<ICryptoProvider, Cryptography>();
    services.AddSingleton<INetworkManager, NetworkManager>();
    services.AddSingleton<Store>();
    services.AddSingleton<IEventManager, EventManager>();
    services.AddSingleton<IUserManager, UserManager>();
    services.AddSingleton(provider => (UserManager)provider.GetRequiredService<IUserManager>());
    services.AddSingleton<PasswordResets>();
    var sessions = Environment.GetEnvironmentVariable("TESTHOST_SESSIONS") ?? "type";
    if (sessions != "late") {
        SessionManager.Register(services, sessions);
    }

    services.AddSingleton<IDeviceManager, DeviceManager>();
    services.AddSingleton<QuickConnect>();
    services.AddSingleton<AuthorizationContext>();
    services.AddSingleton<IAuthorizationContext>(provider => provider.GetRequiredService<AuthorizationContext>());
    plugins.RegisterServices(services, host);
    if (sessions == "late") {
        SessionManager.Register(services, "type");
    }

    Web.AddServices(services, configuration, plugins);

    await using var app = builder.Build();
    host.ServiceProvider = app.Services;
    host.SystemId = app.Services.GetRequiredService<Store>().SystemId;
    plugins.CreatePlugins(app.Services);
    Web.Configure(app, configuration, paths);
    await app.StartAsync();
    app.Logger.LogInformation("Startup complete"); // as Jellyfin says it
    await app.WaitForShutdownAsync();
    again = host.RestartAsked;
} while (again);

namespace Jellyward.TestHost {
    internal sealed class ApplicationHost(PluginManager plugins) : IServerApplicationHost {
        public string SystemId { get; set; } = string.Empty;

        public Version ApplicationVersion { get; } = new(10, 11, 11);

        public IServiceProvider? ServiceProvider { get; set; }

        public bool RestartAsked { get; private set; }

        public PluginManager Plugins => plugins;

        public void Restart() {
            RestartAsked = true;
            ServiceProvider!.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }

    internal sealed class Paths(string data, string web) : IApplicationPaths {
        public string ProgramDataPath { get; } = data;

        public string WebPath { get; } = web;

        public string DataPath { get; } = Directory.CreateDirectory(Path.Combine(data, "data")).FullName;

        public string PluginsPath { get; } = Directory.CreateDirectory(Path.Combine(data, "plugins")).FullName;

        public string PluginConfigurationsPath { get; } = Path.Combine(data, "plugins", "configurations");
    }

    internal sealed class ServerConfiguration : IServerConfigurationManager {
        private readonly NetworkConfiguration _network;

        public ServerConfiguration(Paths paths, string folder) {
            var file = XDocument.Load(Path.Combine(folder, "network.xml")).Root!;
            Port = (int)file.Element("InternalHttpPort")!;
            var baseUrl = ((string?)file.Element("BaseUrl"))?.Trim('/');
            _network = new NetworkConfiguration {
                BaseUrl = string.IsNullOrEmpty(baseUrl) ? string.Empty : "/" + baseUrl,
                KnownProxies = file.Element("KnownProxies")?.Elements("string").Select(proxy => proxy.Value).ToArray() ?? [],
            };
        }

        public BaseApplicationConfiguration CommonConfiguration { get; } = new();

        public int Port { get; }

        public string BaseUrl => _network.BaseUrl;

        public string[] KnownProxies => _network.KnownProxies;

        public object GetConfiguration(string key) => key == "network" ? _network : throw new ArgumentException(key);
    }

    internal sealed class Xml : IXmlSerializer {
        public object DeserializeFromFile(Type type, string file) {
            using var stream = File.OpenRead(file);
            return new System.Xml.Serialization.XmlSerializer(type).Deserialize(stream)!;
        }

        public void SerializeToFile(object obj, string file) {
            using var stream = File.Create(file);
            new System.Xml.Serialization.XmlSerializer(obj.GetType()).Serialize(stream, obj);
        }
    }

    internal sealed class NetworkManager : INetworkManager {
        public bool IsInLocalNetwork(string address) => IPAddress.TryParse(address, out var ip)
            && (IPAddress.IsLoopback(ip) || address.StartsWith("10.", StringComparison.Ordinal) || address.StartsWith("192.168.", StringComparison.Ordinal));
    }

    internal sealed class EventManager(IServiceProvider services, ILogger<EventManager> log) : IEventManager {
        // In a fresh scope, one after the other, failures swallowed.
        public async Task PublishAsync<T>(T eventArgs)
            where T : EventArgs {
            services.GetRequiredService<Store>().Note(eventArgs);
            using var scope = services.CreateScope();
            foreach (var consumer in scope.ServiceProvider.GetServices<IEventConsumer<T>>()) {
                try {
                    await consumer.OnEvent(eventArgs);
                } catch (Exception e) {
                    log.LogError(e, "Uncaught exception in event consumer");
                }
            }
        }
    }
}
