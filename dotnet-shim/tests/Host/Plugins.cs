using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaBrowser.Common.Plugins;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Plugins;
using Microsoft.AspNetCore.Mvc;

namespace Jellyward.TestHost;

internal sealed class LocalPlugin(string folder, JsonObject manifest) {
    public string Folder => folder;

    public JsonObject Manifest => manifest;

    public string Name => (string?)manifest["name"] ?? Path.GetFileName(folder);

    public Guid Id => Guid.TryParse((string?)manifest["guid"], out var id) ? id : Guid.Empty;

    public Version Version => Version.TryParse((string?)manifest["version"], out var version) ? version : new(0, 0);

    public string Status => (string?)manifest["status"] ?? "Active";

    public List<Assembly> Assemblies { get; } = [];

    public IPlugin? Instance { get; set; }

    /// <summary>Written down: a later start skips the plugin even when the cause is gone.</summary>
    public void Set(string status) {
        manifest["status"] = status;
        File.WriteAllText(Path.Combine(folder, "meta.json"), manifest.ToJsonString());
    }
}

/// <summary>Loads plugins as Jellyfin does, each into a collectible context; whatever they throw disables them.</summary>
internal sealed class PluginManager {
    private readonly List<LocalPlugin> _plugins = [];

    public PluginManager(Paths paths) {
        foreach (var folder in Directory.GetDirectories(paths.PluginsPath).Where(folder => Path.GetFileName(folder) != "configurations").Order()) {
            var meta = Path.Combine(folder, "meta.json");
            var manifest = File.Exists(meta) ? JsonNode.Parse(File.ReadAllText(meta))!.AsObject() : new JsonObject { ["name"] = Path.GetFileName(folder), ["version"] = "10.11.11.0" };
            _plugins.Add(new LocalPlugin(folder, manifest));
        }

        foreach (var plugin in _plugins.GroupBy(plugin => plugin.Name).SelectMany(same => same.OrderByDescending(plugin => plugin.Version).Skip(1))) {
            plugin.Set("Superseded");
        }

        foreach (var plugin in _plugins) {
            Load(plugin);
        }
    }

    public IEnumerable<LocalPlugin> Plugins => _plugins;

    /// <summary>Assemblies with a controller in them; each of their public, concrete controllers is served.</summary>
    public IEnumerable<Assembly> ControllerAssemblies => _plugins.SelectMany(plugin => plugin.Assemblies)
        .Where(assembly => assembly.GetExportedTypes().Any(type => type is { IsAbstract: false, IsGenericType: false } && type.IsAssignableTo(typeof(ControllerBase))));

    public void RegisterServices(IServiceCollection services, IServerApplicationHost host) {
        foreach (var plugin in _plugins) {
            foreach (var type in plugin.Assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.IsAssignableTo(typeof(IPluginServiceRegistrator)) && !type.IsAbstract)) {
                try {
                    ((IPluginServiceRegistrator)Activator.CreateInstance(type)!).RegisterServices(services, host);
                } catch (Exception e) {
                    // What was registered before the throw stays.
                    Console.WriteLine($"Error registering plugin services from {type.Assembly.FullName}: {e}");
                    plugin.Set("Malfunctioned");
                }
            }
        }
    }

    public void CreatePlugins(IServiceProvider services) {
        LateSessionManager.Services = services;
        foreach (var plugin in _plugins) {
            foreach (var type in plugin.Assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.IsAssignableTo(typeof(IPlugin)) && !type.IsAbstract)) {
                try {
                    plugin.Instance = (IPlugin)ActivatorUtilities.CreateInstance(services, type);
                } catch (Exception e) {
                    Console.WriteLine($"Error creating {type.FullName}: {e}");
                    plugin.Set("Malfunctioned");
                }
            }
        }
    }

    private static void Load(LocalPlugin plugin) {
        if (plugin.Status is not ("Active" or "Restart")) {
            return;
        }

        var files = Directory.GetFiles(plugin.Folder, "*.dll", SearchOption.AllDirectories);
        if (plugin.Manifest["assemblies"] is JsonArray { Count: > 0 } listed) {
            var allowed = listed.Select(name => Path.GetFullPath(Path.Combine(plugin.Folder, (string)name!))).ToList();
            if (allowed.Except(files).Any()) {
                plugin.Set("Malfunctioned");
                return;
            }

            files = [.. files.Intersect(allowed)];
        }

        var context = new PluginLoadContext();
        try {
            foreach (var file in files) {
                var assembly = context.LoadFromAssemblyPath(file);
                assembly.GetTypes();
                plugin.Assemblies.Add(assembly);
            }
        } catch (Exception e) {
            Console.WriteLine($"Failed to load assembly in {plugin.Folder}: {e}");
            plugin.Assemblies.Clear();
            plugin.Set(e is TypeLoadException or ReflectionTypeLoadException ? "NotSupported" : "Malfunctioned");
        }
    }

    private sealed class PluginLoadContext() : AssemblyLoadContext(isCollectible: true);
}
