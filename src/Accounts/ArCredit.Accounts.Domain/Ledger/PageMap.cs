namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// Which page of the snapshot holds which open document, and which pages have changed since the last snapshot, so that a
/// snapshot of a large account writes little.
/// </summary>
internal sealed class PageMap
{
    /// <summary>Documents placed on a page before the next one is begun.</summary>
    public const int PageSize = 500;

    private readonly Dictionary<int, List<OpenDocument>> pages = [];
    private readonly HashSet<int> touched = [];
    private int newest;
    private int placedOnNewest;

    /// <summary>Pages changed since <see cref="MarkClean"/>; a page without documents is gone.</summary>
    public IReadOnlyCollection<int> Touched => touched;

    public IReadOnlyCollection<int> All => pages.Keys;

    public IReadOnlyList<OpenDocument> DocumentsOn(int page) => pages.TryGetValue(page, out var documents) ? documents : [];

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
        touched.Add(chosen);
        if (!pages.TryGetValue(chosen, out var documents))
        {
            pages.Add(chosen, documents = new List<OpenDocument>(1));
        }

        documents.Add(document);
    }

    public void Remove(OpenDocument document)
    {
        var documents = pages[document.Page];
        documents.Remove(document);
        touched.Add(document.Page);
        if (documents.Count == 0)
        {
            pages.Remove(document.Page);
        }
    }

    public void Touch(OpenDocument document) => touched.Add(document.Page);

    public void MarkClean() => touched.Clear();
}
