// MediaBrowser.Controller 10.11.11: sessions, users, events and what a plugin may register.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Jellyfin.Data.Queries;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Entities.Security;
using MediaBrowser.Common;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Querying;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MediaBrowser.Controller {
    public interface IServerApplicationHost : IApplicationHost {
    }
}

namespace MediaBrowser.Controller.Configuration {
    public interface IServerConfigurationManager : IConfigurationManager {
    }
}

namespace MediaBrowser.Controller.Plugins {
    public interface IPluginServiceRegistrator {
        void RegisterServices(IServiceCollection serviceCollection, IServerApplicationHost applicationHost);
    }
}

namespace MediaBrowser.Controller.Authentication {
    public class AuthenticationException : Exception {
        public AuthenticationException() {
        }

        public AuthenticationException(string message)
            : base(message) {
        }

        public AuthenticationException(string message, Exception innerException)
            : base(message, innerException) {
        }
    }

    public class AuthenticationResult {
        public UserDto User { get; set; }

        public SessionInfoDto SessionInfo { get; set; }

        public string AccessToken { get; set; }

        public string ServerId { get; set; }
    }
}

namespace MediaBrowser.Controller.Net {
    public class SecurityException : Exception {
        public SecurityException() {
        }

        public SecurityException(string message)
            : base(message) {
        }

        public SecurityException(string message, Exception innerException)
            : base(message, innerException) {
        }
    }

    public class AuthorizationInfo {
        public Guid UserId => User?.Id ?? Guid.Empty;

        public string? DeviceId { get; set; }

        public string? Device { get; set; }

        public string? Client { get; set; }

        public string? Version { get; set; }

        public string? Token { get; set; }

        public bool IsApiKey { get; set; }

        public User? User { get; set; }

        public bool IsAuthenticated { get; set; }
    }

    public interface IAuthorizationContext {
        Task<AuthorizationInfo> GetAuthorizationInfo(HttpContext requestContext);
    }
}

namespace MediaBrowser.Controller.Devices {
    public interface IDeviceManager {
        QueryResult<Device> GetDevices(DeviceQuery query);
    }
}

namespace MediaBrowser.Controller.Library {
    public interface IUserManager {
        IEnumerable<User> GetUsers();

        User? GetUserById(Guid id);

        User? GetUserByName(string name);

        Task UpdateUserAsync(User user);

        Task ChangePassword(Guid userId, string newPassword);

        Task<User?> AuthenticateUser(string username, string password, string remoteEndPoint, bool isUserSession);
    }
}

namespace MediaBrowser.Controller.Session {
    public class AuthenticationRequest {
        public string Username { get; set; }

        public Guid UserId { get; set; }

        public string Password { get; set; }

        public string App { get; set; }

        public string AppVersion { get; set; }

        public string DeviceId { get; set; }

        public string DeviceName { get; set; }

        public string RemoteEndPoint { get; set; }
    }

    public sealed class SessionInfo : IAsyncDisposable {
        public SessionInfo(ISessionManager sessionManager, ILogger logger) {
        }

        public string Id { get; set; }

        public Guid UserId { get; set; }

        public string DeviceId { get; set; }

        public string RemoteEndPoint { get; set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    // The two members the gate answers, what it asks, and one of each other shape that has to pass through it.
    public interface ISessionManager {
        IEnumerable<SessionInfo> Sessions { get; }

        Task<AuthenticationResult> AuthenticateNewSession(AuthenticationRequest request);

        Task<AuthenticationResult> AuthenticateDirect(AuthenticationRequest request);

        Task Logout(string accessToken);

        Task Logout(Device device);

        Task RevokeUserTokens(Guid userId, string currentAccessToken);

        ValueTask ReportSessionEnded(string sessionId);

        void UpdateDeviceName(string sessionId, string reportedDeviceName);

        Task SendRestartRequiredNotification(CancellationToken cancellationToken);
    }
}

namespace MediaBrowser.Controller.Events {
    public interface IEventManager {
        Task PublishAsync<T>(T eventArgs)
            where T : EventArgs;
    }

    public interface IEventConsumer<in T>
        where T : EventArgs {
        Task OnEvent(T eventArgs);
    }
}

namespace MediaBrowser.Controller.Events.Authentication {
    public class AuthenticationRequestEventArgs(AuthenticationRequest request) : EventArgs {
        public string? Username { get; set; } = request.Username;

        public Guid? UserId { get; set; } = request.UserId;

        public string? App { get; set; } = request.App;

        public string? AppVersion { get; set; } = request.AppVersion;

        public string? DeviceId { get; set; } = request.DeviceId;

        public string? DeviceName { get; set; } = request.DeviceName;

        public string? RemoteEndPoint { get; set; } = request.RemoteEndPoint;
    }
}
