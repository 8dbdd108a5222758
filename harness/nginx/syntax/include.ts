import { posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Source } from '../../diagnostics/source.ts'
import { DEFAULT_VERSION, rulesOf } from '../versions.ts'
import { compareBytes, matchesGlob } from './glob.ts'
import { parseSite } from './parser.ts'
import type { Directive, Word } from './syntax.ts'
import { wellKnownFile } from './well-known-files.ts'

/** Includes may nest this deep, and so much be read in all: nginx itself stops when it runs out of open files. */
const MAX_INCLUDE_DEPTH = 32
const MAX_FILES = 1000
const MAX_CHARACTERS = 32 * 1024 * 1024

/** Where Debian's nginx looks for a relative path: the folder of nginx.conf (ngx_conf_full_name). */
const CONF_DIR = '/etc/nginx/'

/** Directives with every `include` replaced by what it stands for, and every file they came from by its name. */
export interface Expanded {
  readonly directives: readonly Directive[]
  readonly sources: ReadonlyMap<string, Source>
  /** Every path that an `include` names. */
  readonly included: readonly Word[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a site file and puts every file that it includes in its place, as `ngx_conf_include` does.
 * @param includes the files that may be included, by their path in the chain's folder. `snippets/a.conf` there is the file
 *   that nginx finds as snippets/a.conf and /etc/nginx/snippets/a.conf; so is `etc/nginx/snippets/a.conf`. `srv/b.conf` is
 *   /srv/b.conf, too. Files that every Debian has are known by themselves.
 * @param rules what holds in the version of nginx that reads it
 */
export function readWithIncludes(
  source: Source,
  includes: ReadonlyMap<string, Source>,
  rules = rulesOf(DEFAULT_VERSION),
): Expanded {
  const files = new Map([...includes].map(([name, file]) => [plainName(name), file]))
  const sources = new Map<string, Source>()
  const diagnostics: Diagnostic[] = []
  const included = new Set<Word>()
  let filesRead = 0
  let charactersRead = source.content.length

  function read(file: Source, stack: readonly string[], around: string): readonly Directive[] {
    sources.set(file.file, file)
    const parsed = parseSite(file)
    diagnostics.push(...parsed.diagnostics)
    return expand(parsed.directives, stack, around)
  }

  /** @param around the block that they stand in */
  function expand(directives: readonly Directive[], stack: readonly string[], around: string): readonly Directive[] {
    const expanded: Directive[] = []
    for (const directive of directives) {
      const [path, more] = directive.args
      if (directive.block !== null)
        expanded.push({ ...directive, block: expand(directive.block, stack, directive.name.text) })
      else if (directive.name.text !== 'include' || path === undefined || more !== undefined) expanded.push(directive)
      else for (const included of include(path, stack, around)) expanded.push(included)
    }
    return expanded
  }

  function include(word: Word, stack: readonly string[], around: string): readonly Directive[] {
    included.add(word)
    const path = plainPath(word.text)
    const takesPattern = around !== 'geo' || rules.geoIncludesByPattern
    if (takesPattern && /[*?[]/.test(path)) {
      const matches = [...files.keys()].filter((key) => matchesGlob(path, key)).sort(compareBytes)
      return matches.flatMap((match) => readIncluded(word, match, stack, around))
    }
    return readIncluded(word, path, stack, around)
  }

  function readIncluded(word: Word, path: string, stack: readonly string[], around: string): readonly Directive[] {
    const file = files.get(path) ?? assume(word, path)
    if (file === undefined) return missing(word, path)
    if (stack.includes(path)) {
      const hint = `It is read by: ${[...stack, path].join(' → ')}.`
      return report(word, 'E_NGINX_INCLUDE_CYCLE', `include "${word.text}" leads back to itself`, hint)
    }
    filesRead++
    charactersRead += file.content.length
    if (stack.length === MAX_INCLUDE_DEPTH || filesRead > MAX_FILES || charactersRead > MAX_CHARACTERS) {
      const hint = `At most ${MAX_FILES} files of 32 MiB together may be included, ${MAX_INCLUDE_DEPTH} deep.`
      return report(word, 'E_NGINX_INCLUDE_LIMIT', `include "${word.text}" is one too many`, hint)
    }
    return read(file, [...stack, path], around)
  }

  /** Debian's own file stands in for one that the chain's folder does not hold. */
  function assume(word: Word, path: string): Source | undefined {
    const file = wellKnownFile(path)
    if (file?.assumed === true) {
      const message = `include "${word.text}" reads the text that Debian 12 has today`
      report(
        word,
        'W_NGINX_INCLUDE_ASSUMED',
        message,
        "Copy the server's own file into the chain's folder: releases differ.",
      )
    }
    return file?.source
  }

  function missing(word: Word, path: string): readonly Directive[] {
    const full = /[*?[]/.test(word.text) ? CONF_DIR + path : posix.resolve(CONF_DIR, word.text)
    const message = `open() "${full}" failed (2: No such file or directory)`
    return report(
      word,
      'E_NGINX_INCLUDE_MISSING',
      message,
      "Put the file into the chain's folder, under the path that include names.",
    )
  }

  function report({ span }: Word, code: string, message: string, hint: string): readonly Directive[] {
    const file = sources.get(span.file)
    const severity = code.startsWith('W_') ? 'warning' : 'error'
    diagnostics.push({ code, severity, message, span, hint, ...(file !== undefined && { source: file }) })
    return []
  }

  const directives = read(source, [], '')
  return { directives, sources, diagnostics, included: [...included] }
}

/** The path in the chain's folder that an absolute path, or one relative to /etc/nginx, stands for: `snippets/a.conf`, `etc/letsencrypt/b.conf`. */
function plainPath(path: string): string {
  return relativeToConf(posix.resolve(CONF_DIR, path))
}

/** The same for a file of the chain's folder: what lies in its `etc/nginx/` is as good as beside it. */
function plainName(name: string): string {
  return relativeToConf(posix.resolve('/', name))
}

function relativeToConf(absolute: string): string {
  return absolute.startsWith(CONF_DIR) ? absolute.slice(CONF_DIR.length) : absolute.slice(1)
}
