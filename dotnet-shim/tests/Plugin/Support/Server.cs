using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>How a server is set up. The users are always admin, alice, bob and kess, their passwords "name-pw".</summary>
internal sealed record Setup {
    /// <summary>The native library; null: none is installed.</summary>
    public string? Library { get; init; } = Places.StandIn();

    public bool Plugin { get; init; } = true;

    /// <summary>Has been through the wizard, and has its users.</summary>
    public bool Wizard { get; init; } = true;

    /// <summary>A second plugin, built from ../Neighbour.</summary>
    public bool Neighbour { get; init; }

    /// <summary>With the description that lets one assembly be loaded, as the package has it.</summary>
    public bool Manifest { get; init; } = true;

    /// <summary>The content of the plugin's configuration file; null: there is none.</summary>
    public string? Configuration { get; init; }

    public string BaseUrl { get; init; } = string.Empty;

    public string[] KnownProxies { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    public static string Armed(bool armed) => $"<?xml version=\"1.0\"?><PluginConfiguration><Armed>{(armed ? "true" : "false")}</Armed></PluginConfiguration>";
}

/// <summary>A server process with a data folder of its own.</summary>
internal sealed class Server : IAsyncDisposable {
    public const string Index = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Jellyfin</title></head><body><p>web client</p></body></html>\n";

    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);

    private readonly Setup _setup;
    private Process? _process;
    private int _starts;

    private Server(Setup setup, string folder, int port) {
        _setup = setup;
        Folder = folder;
        Port = port;
        Client = new Client(new Uri($"http://127.0.0.1:{port}{setup.BaseUrl}/"));
    }

    public string Folder { get; }

    public int Port { get; }

    public Client Client { get; }

    /// <summary>The engine's own folder.</summary>
    public string Data => Path.Combine(Folder, "data", "jellyward");

    public string PluginFolder => Path.Combine(Folder, "plugins", "Jellyward_0.1.0.0");

    public string PluginConfiguration => Path.Combine(Folder, "plugins", "configurations", "Jellyfin.Plugin.Jellyward.xml");

    public string Log => File.ReadAllText(Path.Combine(Folder, "server.log"));

    /// <summary>Waits for a line: servers write their logs a little later.</summary>
    public async Task Logged(string text) {
        for (var i = 0; i < 1200 && !Log.Contains(text, StringComparison.Ordinal); i++) {
            await Task.Delay(50);
        }

        Assert.Contains(text, Log);
    }

    public int ProcessId => _process!.Id;

    /// <summary>How many of the process's threads carry a name.</summary>
    public int Threads(string name) => Directory.GetDirectories($"/proc/{ProcessId}/task").Count(thread => {
        try {
            return File.ReadAllText(Path.Combine(thread, "comm")).Trim() == name;
        } catch (IOException) {
            return false; // ended meanwhile
        }
    });

    public static async Task<Server> Start(Setup? setup = null) {
        var server = await Make(setup);
        await server.Run();
        return server;
    }

    /// <summary>Installed, and not started.</summary>
    public static async Task<Server> Make(Setup? setup = null) {
        setup ??= new Setup();
        var folder = Path.Combine(Places.Scratch, $"server-{Guid.NewGuid():N}");
        if (setup.Wizard) {
            // With their times: what a browser has cached is told by them.
            Places.Run("cp", ["-a", await Template.Value, folder]);
        } else {
            MakeFolders(folder);
        }

        var server = new Server(setup, folder, FreePort());
        server.Install();
        return server;
    }

    /// <summary>Puts the plugin into its folder, as unpacking the package does.</summary>
    public void Install(string? folder = null, string version = "0.1.0.0") {
        if (!_setup.Plugin) {
            return;
        }

        folder ??= PluginFolder;
        if (_setup.Neighbour) {
            var beside = Directory.CreateDirectory(Path.Combine(Folder, "plugins", "Neighbour_1.0.0.0"));
            File.Copy(Places.Neighbour, Path.Combine(beside.FullName, Path.GetFileName(Places.Neighbour)), true);
        }

        var native = Directory.CreateDirectory(Path.Combine(folder, "native", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"));
        File.Copy(Places.Plugin, Path.Combine(folder, "Jellyfin.Plugin.Jellyward.dll"), true);
        if (_setup.Manifest) {
            File.WriteAllText(Path.Combine(folder, "meta.json"), Manifest(version).ToJsonString());
        }

        if (_setup.Library is { } library) {
            File.Copy(library, Path.Combine(native.FullName, "jellyward.bin"), true);
        }

        if (_setup.Configuration is { } configuration) {
            Directory.CreateDirectory(Path.GetDirectoryName(PluginConfiguration)!);
            File.WriteAllText(PluginConfiguration, configuration);
        }
    }

    public async Task Run() {
        Launch();
        await Ready();
    }

    /// <summary>Starts what does not get ready: its process ends by itself.</summary>
    public async Task RunToItsEnd() {
        Launch();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await _process!.WaitForExitAsync(patience.Token);
        // Jellyfin itself ends with 0, whatever kept it from starting.
        Assert.True(_process.ExitCode != 0 || Places.RealServer is not null);
    }

    private void Launch() {
        WriteNetwork();
        var start = new ProcessStartInfo("dotnet") {
            ArgumentList = {
                Places.Server, "--datadir", Folder, "--configdir", Path.Combine(Folder, "config"), "--cachedir", Path.Combine(Folder, "cache"),
                "--logdir", Path.Combine(Folder, "log"), "--webdir", Path.Combine(Folder, "web"),
            },
            WorkingDirectory = Path.GetDirectoryName(Places.Server),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        start.Environment["JELLYFIN_FFMPEG__NOVALIDATION"] = "true";
        foreach (var (name, value) in _setup.Environment) {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(Folder, "server.log"), append: true) { AutoFlush = true });
        DataReceivedEventHandler write = (_, line) => log.WriteLine(line.Data);
        _process.OutputDataReceived += write;
        _process.ErrorDataReceived += write;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until the server has started once more and itself answers; its start-up page answers 503.</summary>
    private async Task Ready() {
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromMinutes(3);) {
            Assert.False(_process!.HasExited, $"the server ended:\n{Log}");
            try {
                // One that is about to restart still answers. Real servers answer health before they answer anything else.
                var starts = Regex.Count(Log, "Startup complete");
                if (starts > _starts && await Client.Status(HttpMethod.Get, "health") == HttpStatusCode.OK && await Client.Status(HttpMethod.Get, "QuickConnect/Enabled") == HttpStatusCode.OK) {
                    _starts = starts;
                    return;
                }
            } catch (HttpRequestException) {
            }

            await Task.Delay(100);
        }

        Assert.Fail($"the server did not get ready:\n{Log}");
    }

    /// <summary>As from the dashboard: the process stays, the plugin is loaded a second time.</summary>
    public async Task Restart(string token) {
        var process = ProcessId;
        Assert.Equal(HttpStatusCode.NoContent, await Client.Status(HttpMethod.Post, "System/Restart", token));
        await Ready();
        Assert.Equal(process, ProcessId);
    }

    /// <summary>The machine's owner stops the server, as systemd does.</summary>
    public async Task Stop() {
        if (_process is { HasExited: false } process) {
            Places.Run("kill", ["-TERM", process.Id.ToString()]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try {
                await process.WaitForExitAsync(patience.Token);
            } catch (OperationCanceledException) {
                process.Kill();
            }
        }
    }

    public async ValueTask DisposeAsync() {
        await Stop();
        if (Environment.GetEnvironmentVariable("JELLYWARD_KEEP") is null) {
            Directory.Delete(Folder, true);
        }
    }

    /// <summary>What matters of the package's meta.json.</summary>
    private static JsonObject Manifest(string version) => new() {
        ["guid"] = Regex.Match(File.ReadAllText(Path.Combine(Places.Shim, "src", "Plugin.cs")), "Guid = \"(.+?)\"").Groups[1].Value,
        ["name"] = "Jellyward",
        ["version"] = version,
        ["targetAbi"] = "10.11.11.0",
        ["autoUpdate"] = false,
        ["assemblies"] = new JsonArray("Jellyfin.Plugin.Jellyward.dll"),
    };

    private static int FreePort() {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A server that has been through its wizard, without the plugin; copied for every test.</summary>
    private static async Task<string> MakeTemplate() {
        var folder = Path.Combine(Places.Scratch, "template");
        MakeFolders(folder);
        var server = new Server(new Setup { Plugin = false }, folder, FreePort());
        await server.Run();
        var client = server.Client;
        await client.Send(HttpMethod.Post, "Startup/Configuration", new { UICulture = "en-US", MetadataCountryCode = "US", PreferredMetadataLanguage = "en" });
        await client.Send(HttpMethod.Get, "Startup/User");
        await client.Send(HttpMethod.Post, "Startup/User", new { Name = "admin", Password = "admin-pw" });
        await client.Send(HttpMethod.Post, "Startup/RemoteAccess", new { EnableRemoteAccess = true, EnableAutomaticPortMapping = false });
        await client.Send(HttpMethod.Post, "Startup/Complete", new { });
        var admin = await client.Token("admin");
        foreach (var name in new[] { "alice", "bob", "kess" }) {
            using var made = await client.Send(HttpMethod.Post, "Users/New", new { Name = name, Password = $"{name}-pw" }, admin);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }

        await client.Send(HttpMethod.Post, "Sessions/Logout", null, admin);
        await server.Stop();
        File.Delete(Path.Combine(folder, "server.log"));
        return folder;
    }

    private static void MakeFolders(string folder) {
        foreach (var part in new[] { "config", "cache", "log", "plugins", "web", "data" }) {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        File.WriteAllText(Path.Combine(folder, "web", "index.html"), Index);
    }

    private void WriteNetwork() {
        var proxies = string.Concat(_setup.KnownProxies.Select(proxy => $"<string>{proxy}</string>"));
        File.WriteAllText(
            Path.Combine(Folder, "config", "network.xml"),
            $"""
             <?xml version="1.0" encoding="utf-8"?>
             <NetworkConfiguration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
               <BaseUrl>{_setup.BaseUrl}</BaseUrl>
               <InternalHttpPort>{Port}</InternalHttpPort>
               <PublicHttpPort>{Port}</PublicHttpPort>
               <EnableHttps>false</EnableHttps>
               <AutoDiscovery>false</AutoDiscovery>
               <EnableIPv4>true</EnableIPv4>
               <EnableIPv6>false</EnableIPv6>
               <EnableRemoteAccess>true</EnableRemoteAccess>
               <LocalNetworkAddresses><string>127.0.0.1</string></LocalNetworkAddresses>
               <KnownProxies>{proxies}</KnownProxies>
             </NetworkConfiguration>
             """);
    }
}
