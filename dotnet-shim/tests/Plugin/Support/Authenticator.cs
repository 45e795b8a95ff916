using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>An authenticator app (RFC 6238, SHA-1, six digits, thirty seconds) that never shows the same code twice.</summary>
internal sealed class Authenticator(string secret) {
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Period = 30;

    /// <summary>So close to the end of a step its predecessor may be gone before the server looks.</summary>
    private const int Margin = 8;

    private long _last;

    public static string Code(byte[] key, long step) {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        var hash = HMACSHA1.HashData(key, counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6");
    }

    /// <summary>A code that works now and has not been used; waits for the clock only when the three that do are spent.</summary>
    public async Task<string> Next() {
        while (true) {
            var (now, into) = Math.DivRem(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Period);
            var oldest = Period - into > Margin ? now - 1 : now;
            var step = Math.Max(oldest, _last + 1);
            if (step <= now + 1) {
                _last = step;
                return Code(Key(), step);
            }

            await Task.Delay(1000);
        }
    }

    /// <summary>A code of none of the steps near now.</summary>
    public string Wrong() {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / Period;
        var near = Enumerable.Range(-5, 11).Select(offset => Code(Key(), now + offset)).ToHashSet();
        return Enumerable.Range(0, 100).Select(number => number.ToString("D6")).First(code => !near.Contains(code));
    }

    private byte[] Key() {
        var bits = string.Concat(secret.Replace(" ", string.Empty).TrimEnd('=').Select(symbol => Convert.ToString(Base32.IndexOf(char.ToUpperInvariant(symbol)), 2).PadLeft(5, '0')));
        return bits.Chunk(8).Where(part => part.Length == 8).Select(part => Convert.ToByte(new string(part), 2)).ToArray();
    }
}
