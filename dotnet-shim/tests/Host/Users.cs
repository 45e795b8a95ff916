using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jellyfin.Data;
using Jellyfin.Data.Events.Users;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Events.Authentication;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Cryptography;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Users;
using SecurityException = MediaBrowser.Controller.Net.SecurityException;

namespace Jellyward.TestHost;

internal sealed record StoredUser(Guid Id, string Name, string? Password, string Provider, bool Administrator, bool Disabled, bool Hidden, bool Remote, int MaxSessions, int Failures, DateTime? LastLogin, DateTime? LastActivity, AccessSchedule[] Schedules);

internal sealed record Device(Guid UserId, string App, string Version, string Name, string DeviceId, string Token, DateTime Created);

internal sealed record Activity(string Type, string Name, Guid UserId, string? ShortOverview, DateTime Date);

/// <summary>What a real server keeps in its database.</summary>
internal sealed class Store {
    private readonly string _file;
    private readonly ServerConfiguration _configuration;
    private readonly object _saving = new();

    public Store(IApplicationPaths paths, ServerConfiguration configuration) {
        _configuration = configuration;
        _file = Path.Combine(paths.DataPath, "testhost.json");
        if (File.Exists(_file)) {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(_file))!;
            (SystemId, WizardCompleted) = (kept.SystemId, kept.WizardCompleted);
            Users = new(kept.Users.ToDictionary(user => user.Id));
            Devices = new(kept.Devices.ToDictionary(device => device.Token));
            Keys = new(kept.Keys.ToDictionary(key => key.Key, key => key.Value));
            Activities = new(kept.Activities);
        }
    }

    public string SystemId { get; } = Guid.NewGuid().ToString("N");

    public bool WizardCompleted {
        get => _configuration.CommonConfiguration.IsStartupWizardCompleted;
        set => _configuration.CommonConfiguration.IsStartupWizardCompleted = value;
    }

    public ConcurrentDictionary<Guid, StoredUser> Users { get; } = new();

    public ConcurrentDictionary<string, Device> Devices { get; } = new();

    /// <summary>Who was heard of since the start, by session id.</summary>
    public ConcurrentDictionary<string, SessionInfoDto> Sessions { get; } = new();

    public ConcurrentDictionary<string, string> Keys { get; } = new();

    public ConcurrentQueue<Activity> Activities { get; } = new();

    public void Note(EventArgs happened) {
        var row = happened switch {
            AuthenticationRequestEventArgs failed => new Activity("AuthenticationFailed", failed.Username ?? string.Empty, Guid.Empty, failed.RemoteEndPoint, DateTime.UtcNow),
            AuthenticationResultEventArgs made => new Activity("AuthenticationSucceeded", made.Result.User.Name, made.Result.User.Id, made.Result.SessionInfo.RemoteEndPoint, DateTime.UtcNow),
            SessionStartedEventArgs started => new Activity("SessionStarted", started.Session.UserName ?? string.Empty, started.Session.UserId, started.Session.RemoteEndPoint, DateTime.UtcNow),
            _ => null,
        };
        if (row is not null) {
            Activities.Enqueue(row);
            Save();
        }
    }

    public void Save() {
        lock (_saving) {
            File.WriteAllText(_file + ".new", JsonSerializer.Serialize(new Kept(SystemId, WizardCompleted, [.. Users.Values], [.. Devices.Values], Keys.ToDictionary(), [.. Activities])));
            File.Move(_file + ".new", _file, true);
        }
    }

    private sealed record Kept(string SystemId, bool WizardCompleted, StoredUser[] Users, Device[] Devices, Dictionary<string, string> Keys, Activity[] Activities);
}

internal sealed class AuthenticationResultEventArgs(AuthenticationResult result) : EventArgs {
    public AuthenticationResult Result { get; } = result;
}

internal sealed class SessionStartedEventArgs(SessionInfoDto session) : EventArgs {
    public SessionInfoDto Session { get; } = session;
}

/// <summary>PBKDF2-SHA512 in 210,000 rounds, as stored by real servers.</summary>
internal sealed class Cryptography : ICryptoProvider {
    private const int Rounds = 210_000;

    private static int _hashed;

    /// <summary>How many hashes were computed since the process started: what a login costs.</summary>
    public static int Hashed => _hashed;

    public static string Store(ReadOnlySpan<char> password) {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"$PBKDF2-SHA512$iterations={Rounds}${Convert.ToHexString(salt)}${Convert.ToHexString(Hash(password, salt))}";
    }

    public static bool Verify(string stored, ReadOnlySpan<char> password) {
        var parts = stored.Split('$');
        return CryptographicOperations.FixedTimeEquals(Hash(password, Convert.FromHexString(parts[3])), Convert.FromHexString(parts[4]));
    }

    public PasswordHash CreatePasswordHash(ReadOnlySpan<char> password) => new("PBKDF2-SHA512", Hash(password, RandomNumberGenerator.GetBytes(16)));

    private static byte[] Hash(ReadOnlySpan<char> password, byte[] salt) {
        Interlocked.Increment(ref _hashed);
        return Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA512, 64);
    }
}

/// <summary>Users come out as copies; what is written replaces the whole row.</summary>
internal sealed partial class UserManager(Store store, INetworkManager network, IEventManager events, ILogger<UserManager> log) : IUserManager {
    public const string DefaultProvider = "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider";
    public const string DirectoryProvider = "Jellyward.TestHost.Directory";

    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> _locks = new();

    public IEnumerable<User> GetUsers() => store.Users.Values.Select(Load);

    public User? GetUserById(Guid id) {
        if (id == Guid.Empty) {
            throw new ArgumentException("Guid can't be empty", nameof(id));
        }

        return store.Users.TryGetValue(id, out var user) ? Load(user) : null;
    }

    public User? GetUserByName(string name) {
        if (string.IsNullOrWhiteSpace(name)) {
            throw new ArgumentException("Invalid username", nameof(name));
        }

        // The long s folds to S.
        return store.Users.Values.FirstOrDefault(user => user.Name.ToUpperInvariant() == name.ToUpperInvariant()) is { } found ? Load(found) : null;
    }

    public Task UpdateUserAsync(User user) {
        if (!store.Users.ContainsKey(user.Id)) {
            throw new NotFoundException();
        }

        Write(user);
        return Task.CompletedTask;
    }

    public async Task<User?> AuthenticateUser(string username, string password, string remoteEndPoint, bool isUserSession) {
        ArgumentException.ThrowIfNullOrWhiteSpace(username);
        var user = GetUserByName(username);
        var own = _locks.GetOrAdd(user?.Id ?? Guid.Empty, _ => new(1));
        await own.WaitAsync();
        try {
            var success = Check(ref user, username, password);
            if (user is null) {
                log.LogInformation("Authentication request for {UserName} has been denied (IP: {IP}).", username, remoteEndPoint);
                throw new AuthenticationException("Invalid username or password entered.");
            }

            if (user.HasPermission(PermissionKind.IsDisabled)) {
                throw new SecurityException($"The {user.Username} account is currently disabled. Please consult with your administrator.");
            }

            if (!user.HasPermission(PermissionKind.EnableRemoteAccess) && !network.IsInLocalNetwork(remoteEndPoint)) {
                throw new SecurityException("Forbidden.");
            }

            if (!user.IsParentalScheduleAllowed()) {
                throw new SecurityException("User is not allowed access at this time.");
            }

            var row = store.Users[user.Id];
            row = success ? row with { Failures = 0 } : row with { Failures = row.Failures + 1 };
            if (success && isUserSession) {
                row = row with { LastLogin = DateTime.UtcNow, LastActivity = DateTime.UtcNow };
            }

            store.Users[user.Id] = row;
            store.Save();
            return success ? user : null;
        } finally {
            own.Release();
        }
    }

    public async Task<User> CreateUserAsync(string name) {
        if (string.IsNullOrWhiteSpace(name) || !Names().IsMatch(name) || GetUserByName(name) is not null) {
            throw new ArgumentException("Usernames can contain unicode symbols, numbers (0-9), dashes (-), underscores (_), apostrophes ('), and periods (.)");
        }

        var user = new StoredUser(Guid.NewGuid(), name, null, DefaultProvider, false, false, true, true, 0, 0, null, null, []);
        store.Users[user.Id] = user;
        store.Save();
        await events.PublishAsync(new UserCreatedEventArgs(Load(user)));
        return Load(user);
    }

    public async Task DeleteUserAsync(Guid id) {
        if (store.Users.TryRemove(id, out var user)) {
            store.Save();
            await events.PublishAsync(new UserDeletedEventArgs(Load(user)));
        }
    }

    public async Task ChangePassword(Guid id, string? password) {
        store.Users[id] = store.Users[id] with { Password = string.IsNullOrEmpty(password) ? null : Cryptography.Store(password) };
        store.Save();
        await events.PublishAsync(new UserPasswordChangedEventArgs(Load(store.Users[id])));
    }

    public async Task Rename(Guid id, string name) {
        store.Users[id] = store.Users[id] with { Name = name };
        store.Save();
        await events.PublishAsync(new UserUpdatedEventArgs(Load(store.Users[id])));
    }

    public void UpdatePolicy(Guid id, UserPolicy policy) {
        store.Users[id] = store.Users[id] with {
            Administrator = policy.IsAdministrator,
            Disabled = policy.IsDisabled,
            Remote = policy.EnableRemoteAccess,
            MaxSessions = policy.MaxActiveSessions,
            Schedules = policy.AccessSchedules ?? [],
        };
        store.Save();
    }

    public UserDto GetUserDto(User user) => new() {
        Name = user.Username,
        ServerId = store.SystemId,
        Id = user.Id,
        LastLoginDate = user.LastLoginDate,
        LastActivityDate = user.LastActivityDate,
        Policy = new UserPolicy {
            IsAdministrator = user.HasPermission(PermissionKind.IsAdministrator),
            IsDisabled = user.HasPermission(PermissionKind.IsDisabled),
            EnableRemoteAccess = user.HasPermission(PermissionKind.EnableRemoteAccess),
            MaxActiveSessions = user.MaxActiveSessions,
            AccessSchedules = [.. user.AccessSchedules],
            AuthenticationProviderId = user.AuthenticationProviderId,
            PasswordResetProviderId = user.PasswordResetProviderId,
        },
    };

    private static User Load(StoredUser row) {
        var user = new User(row.Name, row.Provider, "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider") {
            Id = row.Id,
            Password = row.Password,
            InvalidLoginAttemptCount = row.Failures,
            LastLoginDate = row.LastLogin,
            LastActivityDate = row.LastActivity,
            MaxActiveSessions = row.MaxSessions,
        };
        user.SetPermission(PermissionKind.IsAdministrator, row.Administrator);
        user.SetPermission(PermissionKind.IsDisabled, row.Disabled);
        user.SetPermission(PermissionKind.IsHidden, row.Hidden);
        user.SetPermission(PermissionKind.EnableRemoteAccess, row.Remote);
        foreach (var schedule in row.Schedules) {
            user.AccessSchedules.Add(schedule);
        }

        return user;
    }

    private void Write(User user) {
        store.Users[user.Id] = new StoredUser(
            user.Id,
            user.Username,
            user.Password,
            user.AuthenticationProviderId,
            user.HasPermission(PermissionKind.IsAdministrator),
            user.HasPermission(PermissionKind.IsDisabled),
            user.HasPermission(PermissionKind.IsHidden),
            user.HasPermission(PermissionKind.EnableRemoteAccess),
            user.MaxActiveSessions,
            user.InvalidLoginAttemptCount,
            user.LastLoginDate,
            user.LastActivityDate,
            [.. user.AccessSchedules]);
        store.Save();
    }

    private bool Check(ref User? user, string username, string password) {
        if (user is null) {
            // A directory (LDAP) makes its users when they sign in, under the name it has for them.
            if (username.StartsWith("ldap-", StringComparison.OrdinalIgnoreCase) && password == "directory-pw") {
                var name = "directory." + username[5..].ToLowerInvariant();
                user = GetUserByName(name);
                if (user is null) {
                    var row = new StoredUser(Guid.NewGuid(), name, null, DirectoryProvider, false, false, true, true, 0, 0, null, null, []);
                    store.Users[row.Id] = row;
                    user = Load(row);
                }

                return true;
            }

            return false;
        }

        return user.AuthenticationProviderId == DefaultProvider
            && (user.Password is null ? string.IsNullOrEmpty(password) : Cryptography.Verify(user.Password, password));
    }

    [GeneratedRegex(@"^(?!\s)[\w\ \-'._@+]+(?<!\s)$")]
    private static partial Regex Names();
}

internal sealed class NotFoundException : Exception;
