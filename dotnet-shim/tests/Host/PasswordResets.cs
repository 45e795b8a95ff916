using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaBrowser.Common.Configuration;

namespace Jellyward.TestHost;

/// <summary>What a PIN file holds.</summary>
internal sealed record PasswordReset(DateTime ExpirationDate, string Pin, string PinFile, string UserName);

/// <summary>Jellyfin's own resets: the PIN lies in a file that whoever looks after the server can read.</summary>
internal sealed class PasswordResets(UserManager users, IApplicationPaths paths) {
    /// <summary>The same answer for everybody; a file only for a user who exists and asks from the local network.</summary>
    public object Start(string? entered, bool local) {
        var name = entered ?? throw new ArgumentException("no name", nameof(entered));
        var user = string.IsNullOrWhiteSpace(name) ? null : users.GetUserByName(name);
        var expires = DateTime.UtcNow.AddMinutes(30);
        var hash = new Guid(MD5.HashData(Encoding.Unicode.GetBytes(name.ToUpperInvariant())));
        var file = Path.Combine(paths.ProgramDataPath, $"passwordreset{hash:N}.json");
        if (user is not null && local) {
            var reset = new PasswordReset(expires, BitConverter.ToString(RandomNumberGenerator.GetBytes(4)), file, user.Username);
            File.WriteAllText(file, JsonSerializer.Serialize(reset));
        }

        return new { Action = "PinCode", PinFile = file, PinExpirationDate = expires };
    }

    /// <summary>Whosever PIN it is; the password becomes the PIN as typed. A PIN of nobody's throws.</summary>
    public async Task<object> Redeem(string? typed) {
        var pin = typed ?? throw new ArgumentException("no PIN", nameof(typed));
        var reset = new List<string>();
        foreach (var file in Directory.EnumerateFiles(paths.ProgramDataPath, "passwordreset*")) {
            var asked = JsonSerializer.Deserialize<PasswordReset>(File.ReadAllText(file))!;
            if (asked.ExpirationDate < DateTime.UtcNow) {
                File.Delete(file);
            } else if (asked.Pin.Replace("-", string.Empty) == pin.Replace("-", string.Empty)) {
                var user = users.GetUserByName(asked.UserName) ?? throw new NotFoundException();
                await users.ChangePassword(user.Id, pin);
                reset.Add(user.Username);
                File.Delete(file);
            }
        }

        return reset.Count > 0 ? new { Success = true, UsersReset = reset } : throw new NotFoundException();
    }
}
