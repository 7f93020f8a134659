namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// Which page of the snapshot holds which open document, and which pages have changed since the last snapshot, so that a
/// snapshot of a large account writes little.
/// </summary>
internal sealed class PageMap
{
    /// <summary>Documents placed on a page before the next one is begun.</summary>
    public const int PageSize = 500;

    // By page number; null = no document is on it any more.
    private readonly List<List<OpenDocument>?> pages = new(0);
    private readonly List<int> touched = new(0);
    private int newest;
    private int placedOnNewest;

    /// <summary>Pages changed since <see cref="MarkClean"/>; a page without documents is gone.</summary>
    public IReadOnlyCollection<int> Touched => touched;

    public IEnumerable<int> All => Enumerable.Range(0, pages.Count).Where(page => pages[page] is not null);

    public IReadOnlyList<OpenDocument> DocumentsOn(int page) => page < pages.Count && pages[page] is { } documents ? documents : [];

    /// <summary>Puts a document on the newest page, or back where a snapshot had it.</summary>
    public void Place(OpenDocument document, int? page)
    {
        if (page is null && placedOnNewest == PageSize)
        {
            newest++;
            placedOnNewest = 0;
        }

        var chosen = page ?? newest;
        if (chosen > newest)
        {
            newest = chosen;
            placedOnNewest = 0;
        }

        placedOnNewest += chosen == newest ? 1 : 0;
        document.Page = chosen;
        Touch(chosen);
        while (pages.Count <= chosen)
        {
            pages.Add(null);
        }

        (pages[chosen] ??= new List<OpenDocument>(1)).Add(document);
    }

    public void Remove(OpenDocument document)
    {
        var documents = pages[document.Page]!;
        documents.Remove(document);
        Touch(document.Page);
        if (documents.Count == 0)
        {
            pages[document.Page] = null;
        }
    }

    public void Touch(OpenDocument document) => Touch(document.Page);

    public void MarkClean() => touched.Clear();

    private void Touch(int page)
    {
        if (!touched.Contains(page))
        {
            touched.Add(page);
        }
    }
}
