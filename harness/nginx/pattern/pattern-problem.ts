/** Why a pattern is not translated: PCRE refuses it too (`invalid`), or the model does not know what it means (`unsupported`). */
export class PatternProblem extends Error {
  readonly kind: 'invalid' | 'unsupported'

  private constructor(kind: 'invalid' | 'unsupported', because: string) {
    super(because)
    this.kind = kind
  }

  /**
   * PCRE's complaint in nginx's words (ngx_regex_compile).
   * @param message that of PCRE2: PCRE 8 may word it otherwise
   * @param offset where PCRE stopped: nginx shows the rest of the pattern from there on
   */
  static invalid(pattern: string, message: string, offset: number, pcre2: boolean): PatternProblem {
    const at = offset >= pattern.length ? '' : ` at "${pattern.slice(offset)}"`
    return new PatternProblem(
      'invalid',
      `${pcre2 ? 'pcre2_compile' : 'pcre_compile'}() failed: ${message} in "${pattern}"${at}`,
    )
  }

  static unsupported(pattern: string, because: string): PatternProblem {
    return new PatternProblem(
      'unsupported',
      `the model does not know what the regular expression "${pattern}" means: ${because}`,
    )
  }
}
