using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Bench.Rivals;

/// <summary>Arm (c): Kestrel with nothing above it reads the same body and answers a small one. The physical limit of the HTTP side.</summary>
internal static class BareKestrel
{
    public static WebApplication Build(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        var body = await JsonSerializer.DeserializeAsync(http.Request.BodyReader, RivalJson.Default.ReserveBody, http.RequestAborted);
        var answer = JsonSerializer.SerializeToUtf8Bytes(new BareAnswer("approved", body!.Amount), RivalJson.Default.BareAnswer);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.BodyWriter.WriteAsync(answer, http.RequestAborted);
    }
}
