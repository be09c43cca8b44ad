using QuickStart;

if (args is not ["serve", ..]) return await Tour.RunAsync(Console.Out);

await using var app = FullServer.Create(args[1..]);
await app.StartAsync();
Console.WriteLine($$"""

    The index of RFCs is served at {{app.Urls.First()}}/rfcs. Ask it:

      curl -s -X QUERY {{app.Urls.First()}}/rfcs -H 'Content-Type: application/json' -d '{"match":"cache","fromYear":2014,"limit":10}'
      curl -s -X QUERY {{app.Urls.First()}}/rfcs -d 'match=cache&fromYear=2014&limit=10'
      curl -s -X QUERY {{app.Urls.First()}}/rfcs -d 'match=cache&fromYear=2014&limit=10' -H 'Accept: text/csv'
      curl -s -X QUERY {{app.Urls.First()}}/rfcs -d 'match=cache&fromYear=2014&limit=10' -H 'Accept: text/csv' -H 'Range: bytes=0-99'
      curl -si -X QUERY {{app.Urls.First()}}/rfcs -d 'match=cache'

    The last one shows Location and Content-Location: a GET of the first repeats the query, a GET of the second returns this result.

    """);
await app.WaitForShutdownAsync();
return 0;
