using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Platform.Start;

/// <summary>Settings that are whole numbers from 1.</summary>
public static class NumberSetting
{
    /// <summary>The number set under <paramref name="key"/>, or <paramref name="fallback"/> when nothing is.</summary>
    /// <param name="configuration">The host's.</param>
    /// <param name="key">Its sections separated by ':'.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="max">The largest accepted.</param>
    /// <exception cref="SettingException">It is no whole number from 1 to <paramref name="max"/>.</exception>
    public static int Read(IConfiguration configuration, string key, int fallback, int max)
    {
        if (configuration[key] is not { Length: > 0 } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new SettingException(string.Create(
                CultureInfo.InvariantCulture,
                $"{key.Replace(":", "__", StringComparison.Ordinal)} must be a whole number from 1 to {max}; it is '{text}'."));
    }
}
