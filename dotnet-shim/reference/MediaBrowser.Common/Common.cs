// MediaBrowser.Common 10.11.11: the application around a plugin.
using System;
using System.IO;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Model.Configuration;
using MediaBrowser.Model.Plugins;
using MediaBrowser.Model.Serialization;
using Microsoft.AspNetCore.Http;

namespace MediaBrowser.Common {
    public interface IApplicationHost {
        string SystemId { get; }

        Version ApplicationVersion { get; }

        IServiceProvider? ServiceProvider { get; set; }
    }
}

namespace MediaBrowser.Common.Api {
    public static class Policies {
        public const string RequiresElevation = "RequiresElevation";
    }
}

namespace MediaBrowser.Common.Configuration {
    public interface IApplicationPaths {
        string ProgramDataPath { get; }

        string DataPath { get; }

        string PluginsPath { get; }

        string PluginConfigurationsPath { get; }
    }

    public interface IConfigurationManager {
        BaseApplicationConfiguration CommonConfiguration { get; }

        object GetConfiguration(string key);
    }
}

namespace MediaBrowser.Common.Extensions {
    public static class HttpContextExtensions {
        public static IPAddress GetNormalizedRemoteIP(this HttpContext context) {
            var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
            return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
    }
}

namespace MediaBrowser.Common.Net {
    public class NetworkConfiguration {
        public string BaseUrl { get; set; } = string.Empty;

        public string[] KnownProxies { get; set; } = [];
    }

    public static class NetworkConfigurationExtensions {
        public static NetworkConfiguration GetNetworkConfiguration(this IConfigurationManager config) =>
            (NetworkConfiguration)config.GetConfiguration("network");
    }

    public interface INetworkManager {
        bool IsInLocalNetwork(string address);
    }
}

namespace MediaBrowser.Common.Plugins {
    public interface IPlugin {
        string Name { get; }

        Guid Id { get; }

        Version Version { get; }
    }

    public abstract class BasePlugin : IPlugin {
        public abstract string Name { get; }

        public virtual string Description => string.Empty;

        public virtual Guid Id { get; private set; }

        public Version Version { get; private set; }

        public string AssemblyFilePath { get; private set; }

        public string DataFolderPath { get; private set; }

        public virtual void OnUninstalling() {
        }

        public void SetAttributes(string assemblyFilePath, string dataFolderPath, Version assemblyVersion) {
            AssemblyFilePath = assemblyFilePath;
            DataFolderPath = dataFolderPath;
            Version = assemblyVersion;
        }

        public void SetId(Guid assemblyId) => Id = assemblyId;
    }

    // Behaves as the real one does, an unreadable file replaced by defaults included: the test host runs on it.
    public abstract class BasePlugin<TConfigurationType> : BasePlugin
        where TConfigurationType : BasePluginConfiguration {
        private TConfigurationType? _configuration;

        protected BasePlugin(IApplicationPaths applicationPaths, IXmlSerializer xmlSerializer) {
            ApplicationPaths = applicationPaths;
            XmlSerializer = xmlSerializer;
            var assembly = GetType().Assembly;
            var file = assembly.Location;
            SetAttributes(file, Path.Combine(applicationPaths.PluginsPath, Path.GetFileNameWithoutExtension(file)), assembly.GetName().Version!);
            if (assembly.GetCustomAttribute<GuidAttribute>() is { } guid) {
                SetId(new Guid(guid.Value));
            }
        }

        protected IApplicationPaths ApplicationPaths { get; private set; }

        protected IXmlSerializer XmlSerializer { get; private set; }

        public TConfigurationType Configuration {
            get => _configuration ??= Load();
            protected set => _configuration = value;
        }

        public virtual string ConfigurationFileName => Path.GetFileNameWithoutExtension(AssemblyFilePath) + ".xml";

        public string ConfigurationFilePath => Path.Combine(ApplicationPaths.PluginConfigurationsPath, ConfigurationFileName);

        public virtual void SaveConfiguration(TConfigurationType config) {
            Directory.CreateDirectory(ApplicationPaths.PluginConfigurationsPath);
            XmlSerializer.SerializeToFile(config, ConfigurationFilePath);
        }

        public virtual void SaveConfiguration() => SaveConfiguration(Configuration);

        public virtual void UpdateConfiguration(BasePluginConfiguration configuration) {
            Configuration = (TConfigurationType)configuration;
            SaveConfiguration();
        }

        private TConfigurationType Load() {
            try {
                return (TConfigurationType)XmlSerializer.DeserializeFromFile(typeof(TConfigurationType), ConfigurationFilePath);
            } catch {
                var fresh = Activator.CreateInstance<TConfigurationType>();
                SaveConfiguration(fresh);
                return fresh;
            }
        }
    }
}
