using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jellyfin.Data;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyward.Native;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Cryptography;
using Microsoft.Extensions.Logging;
using SecurityException = MediaBrowser.Controller.Net.SecurityException;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>What one call into the engine leaves behind. Known to the callbacks by their thread.</summary>
internal sealed class HostCall
{
    /// <summary>The call under way on this thread.</summary>
    [ThreadStatic]
    public static HostCall? Current;

    /// <summary>The session Jellyfin made. Its token never reaches the engine.</summary>
    public AuthenticationResult? Minted { get; set; }
}

/// <summary>The engine's questions, put to Jellyfin. Nothing thrown in here crosses: it becomes a status.</summary>
internal sealed unsafe class HostCalls(Ward ward)
{
    private const Status Failed = (Status)60;

    private delegate object? Answer(HostCalls host);

    private sealed record Query(string? Name, string? Id);

    private sealed record Find(Query Query, string? Remote);

    private sealed record Check(string Name, string? Remote);

    private sealed record Mint(string User, string App, string Version, string DeviceId, string DeviceName, string? Remote);

    private IUserManager Users => ward.Get<IUserManager>();

    /// <summary>The callback table, in memory of its own until the engine is closed.</summary>
    public static Host* Table(nint context)
    {
        var table = (Host*)NativeMemory.AllocZeroed((nuint)sizeof(Host));
        table->size = (nuint)sizeof(Host);
        table->ctx = (void*)context;
        table->find_user = &FindUser;
        table->list_users = &ListUsers;
        table->check_password = &CheckPassword;
        table->mint = &MintSession;
        table->set_armed = &SetArmed;
        table->log = &WriteLog;
        return table;
    }

    public static void Log(object? host, int level, string line)
    {
        var log = ((HostCalls)host!).Logger;
        log.Log(level switch { 0 => LogLevel.Information, 1 => LogLevel.Warning, _ => LogLevel.Error }, "{Line}", line);
    }

    private ILogger Logger => ward.Log;

    private object Arm(bool armed) => ward.Armed = armed;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Status FindUser(void* context, View query, Reply* reply) =>
        Do(context, query, default, reply, (host, find, _) => host.Facts(host.Look(find.Query), find.Remote), Document.Read<Find>);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Status ListUsers(void* context, Reply* reply) =>
        Do(context, default, default, reply, (host, _, _) => host.Users.GetUsers().Select(user => host.Facts(user, null)).ToList(), _ => string.Empty);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Status CheckPassword(void* context, View request, View password, Reply* reply) =>
        Do(context, request, password, reply, (host, check, secret) => host.Try(check, secret), Document.Read<Check>);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Status MintSession(void* context, View request, Reply* reply) =>
        Do(context, request, default, reply, (host, mint, _) => host.Make(mint), Document.Read<Mint>);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Status SetArmed(void* context, byte armed) =>
        Do(context, default, default, null, (host, _, _) => host.Arm(armed != 0), _ => string.Empty);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void WriteLog(void* context, int level, View line)
    {
        try
        {
            Log(GCHandle.FromIntPtr((nint)context).Target, level, Text(line));
        }
        catch
        {
            // A logger that fails has nowhere to say so.
        }
    }

    private static Status Do<T>(void* context, View request, View secret, Reply* reply, Func<HostCalls, T, string, object?> act, Reader<T> read)
    {
        HostCalls? host = null;
        try
        {
            host = (HostCalls)GCHandle.FromIntPtr((nint)context).Target!;
            var answer = Document.Of(act(host, read(new ReadOnlySpan<byte>(request.ptr, (int)request.len)), Text(secret)));
            fixed (byte* bytes = answer)
            {
                return reply is null ? 0 : Lib.jw_reply_write(reply, new View { ptr = bytes, len = (nuint)answer.Length });
            }
        }
        catch (Exception e)
        {
            try
            {
                host?.Logger.LogError(e, "Jellyfin could not answer the engine");
            }
            catch
            {
                // The status says it too.
            }

            return Failed;
        }
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static string Text(View view) => Encoding.UTF8.GetString(new ReadOnlySpan<byte>(view.ptr, (int)view.len));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>By Jellyfin's own folding of names; no name is ever compared here.</summary>
    private User? Look(Query query) =>
        query.Id is { } id ? Users.GetUserById(Guid.Parse(id)) : string.IsNullOrWhiteSpace(query.Name) ? null : Users.GetUserByName(query.Name);

    private object? Facts(User? user, string? remote) => user is null ? null : new
    {
        id = user.Id.ToString("N"),
        name = user.Username,
        administrator = user.HasPermission(PermissionKind.IsAdministrator),
        disabled = user.HasPermission(PermissionKind.IsDisabled),
        remoteAllowed = user.HasPermission(PermissionKind.EnableRemoteAccess),
        local = remote is not null && ward.Get<INetworkManager>().IsInLocalNetwork(remote),
        inSchedule = user.IsParentalScheduleAllowed(),
        stamp = Hash($"{user.Password}\n{user.AuthenticationProviderId}"),
    };

    /// <summary>Exactly one check. Where Jellyfin gives up before hashing anything, the hashing is done all the same.</summary>
    private object Try(Check check, string password)
    {
        var hashed = !string.IsNullOrEmpty(Look(new Query(check.Name, null))?.Password);
        try
        {
            // By the id that comes back: an external provider may just have made the user, under another name.
            if (Users.AuthenticateUser(check.Name, password, check.Remote ?? string.Empty, false).GetAwaiter().GetResult() is { } user)
            {
                return new { right = user.Id.ToString("N") };
            }
        }
        catch (SecurityException)
        {
            return "denied";
        }
        catch (Exception e) when (e is AuthenticationException or ArgumentException)
        {
            Logger.LogDebug(e, "Jellyfin refused a password");
        }

        if (!hashed)
        {
            ward.Get<ICryptoProvider>().CreatePasswordHash(password);
        }

        return "wrong";
    }

    private object Make(Mint mint)
    {
        var call = HostCall.Current ?? throw new InvalidOperationException("a session outside of a login");
        try
        {
            call.Minted = ward.Sessions.AuthenticateDirect(new AuthenticationRequest
            {
                UserId = Guid.Parse(mint.User),
                App = mint.App,
                AppVersion = mint.Version,
                DeviceId = mint.DeviceId,
                DeviceName = mint.DeviceName,
                RemoteEndPoint = mint.Remote!,
            }).GetAwaiter().GetResult();
        }
        catch (SecurityException e)
        {
            return new { refused = e.Message };
        }

        Stamp(Guid.Parse(mint.User));
        return new { tokenHash = Hash(call.Minted.AccessToken) };
    }

    /// <summary>Jellyfin dates only logins of its own. Read and written back to back: writing saves the whole user.</summary>
    private void Stamp(Guid id)
    {
        try
        {
            if (Users.GetUserById(id) is { } user)
            {
                user.LastLoginDate = DateTime.UtcNow;
                Users.UpdateUserAsync(user).GetAwaiter().GetResult();
            }
        }
        catch (Exception e)
        {
            Logger.LogWarning(e, "The date of the last login was not saved");
        }
    }
}
