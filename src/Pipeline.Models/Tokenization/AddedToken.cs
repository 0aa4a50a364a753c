namespace Pipeline.Models.Tokenization;

/// <summary>A token that is found in the text as it is written (<c>added_tokens</c> of <c>tokenizer.json</c>).</summary>
/// <param name="Special">A control token of the model: only template text may become it, never a document.</param>
/// <param name="Normalized">It is looked for after normalising.</param>
/// <param name="SingleWord">It must not touch a word character.</param>
/// <param name="LeftStrip">It takes the white space before it.</param>
/// <param name="RightStrip">It takes the white space after it.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized, bool SingleWord, bool LeftStrip, bool RightStrip);
