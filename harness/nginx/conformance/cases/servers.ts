import type { Header } from '../../../chain/message.ts'
import type { ConformanceCase } from '../case.ts'

const hosts = (...names: readonly string[]) =>
  names.map((name) => ({ target: '/', headers: [['Host', name]] as Header[] }))
const named = (names: string, extra = '') =>
  `server { listen $LISTEN${extra}; server_name ${names}; location / { return 200 '${names.replaceAll("'", '')}|$server_name|$host'; } }`

/** Which server answers, and hosts that are refused. */
export const SERVERS: readonly ConformanceCase[] = [
  {
    name: 'exact, wildcards, regular expressions, the first as default',
    site: [
      named('first.example'),
      named('exact.example www.exact.example'),
      named('*.wild.example'),
      named('*.deep.wild.example'),
      named('.dot.example'),
      named('mail.*'),
      named('mail.deep.*'),
      named('~^re\\d+\\.example$'),
      named('~^(?<name>.+)\\.cap\\.example$'),
      named('both.wild.example'),
      named('"~^[a-z]{2}\\.br\\.example$"'),
    ]
      .join('\n')
      .replaceAll('~^re\\d+\\.example$|', 'regex|')
      .replaceAll('~^(?<name>.+)\\.cap\\.example$|', 'cap $name|')
      .replaceAll('\'"~^[a-z]{2}\\.br\\.example$"|', "'br|"),
    requests: hosts(
      'first.example',
      'exact.example',
      'EXACT.example',
      'exact.example:8080',
      'exact.example.',
      'exact.example.:80',
      'www.exact.example',
      'a.wild.example',
      'a.b.wild.example',
      'wild.example',
      'x.deep.wild.example',
      'deep.wild.example',
      'both.wild.example',
      'dot.example',
      'a.dot.example',
      'xdot.example',
      'mail.a',
      'mail.deep.b',
      'mail.',
      'mail',
      'mail.a.b',
      're1.example',
      're.example',
      'RE22.EXAMPLE',
      'foo.cap.example',
      '.cap.example',
      'ab.br.example',
      'abc.br.example',
      'unknown',
      '127.0.0.1',
      '[::1]',
      '[::1]:80',
      '.wild.example',
      'a..b',
      '..',
      '.',
      '',
      ':80',
      'a:b:c',
      'a b',
      'a/b',
      'a\\b',
      'a_b',
      'a@b',
      '-',
      'a\tb',
      '[',
      '[]',
      '[:',
      'x]',
      'a,b',
      'exact.example..',
      '%41',
      '\xe4.example',
      'EXACT.EXAMPLE.:99',
      'exact.example:x',
      '[EXACT]',
    ),
  },
  {
    name: 'default_server, and no name at all',
    site: [
      named('one.example'),
      named('two.example', ' default_server'),
      'server { listen $LISTEN; location / { return 200 "nameless|$server_name|$host"; } }',
      named('"" three.example'),
      named('_'),
    ]
      .slice(0, 3)
      .join('\n'),
    requests: [
      ...hosts('one.example', 'two.example', 'none.example', ''),
      { target: '/', headers: [], httpVersion: '1.0' as const },
      { target: '/', headers: [] },
    ],
  },
  {
    name: 'an empty server name takes requests without a host',
    site: [
      named('one.example', ' default_server'),
      named('"" three.example').replace(`'"" three.example|`, `'empty|`),
    ].join('\n'),
    requests: [
      ...hosts('one.example', 'three.example', 'x'),
      { target: '/', headers: [], httpVersion: '1.0' as const },
    ],
  },
  {
    name: 'the host of an absolute target wins over Host',
    site: [named('one.example'), named('two.example')].join('\n'),
    requests: [
      { target: 'http://two.example/', headers: [['Host', 'one.example']] },
      { target: 'http://Two.Example:81/', headers: [['Host', 'one.example']] },
      { target: 'http://two.example/', headers: [], httpVersion: '1.0' },
      { target: 'http://two.example/', headers: [] },
      { target: 'http://none/', headers: [['Host', 'two.example']] },
      { target: 'http://two.example/', headers: [['Host', 'a b']] },
      { target: 'http://two.example./', headers: [['Host', 'one.example']] },
    ],
  },
  {
    name: 'a server without a name takes a request without a host',
    site: 'server { listen $LISTEN; server_name one.example; return 200 one; } server { listen $LISTEN; server_tokens off; return 200 nameless; }',
    requests: [
      { target: '/', headers: [] },
      { target: '/', headers: [], httpVersion: '1.0' },
      ...hosts('one.example', 'two.example'),
    ],
  },
  {
    name: 'several ports and addresses',
    site: `server { listen 127.0.0.1:$PORT; listen *:$PORT; server_name a.example; return 200 a; }
    server { listen *:$PORT; server_name b.example; return 200 b; }
    server { listen 127.0.0.1:$PORT default_server; server_name c.example; return 200 c; }`,
    requests: hosts('a.example', 'b.example', 'c.example', 'd.example'),
  },
  {
    name: 'duplicate names: the first stays',
    site: 'server { listen $LISTEN; server_name x; return 200 one; } server { listen $LISTEN; server_name x y; return 200 two; } server { listen $LISTEN; server_name .y; return 200 three; }',
    requests: hosts('x', 'y', 'z.y', 'q'),
  },
]
