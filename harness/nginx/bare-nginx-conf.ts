/**
 * An nginx.conf that lets the real nginx judge a site file: around it stands an `http { }` that says nothing, and all that
 * nginx writes goes under `dir`, which holds `site` and a folder `temp`.
 * @param first directives of the main context
 */
export function bareNginxConf(dir: string, first: readonly string[] = []): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${dir}/temp/${name};`,
  )
  const main = [...first, 'error_log stderr;', `pid ${dir}/pid;`, 'events { }']
  return [...main, 'http {', ...temporary, 'access_log off;', `include ${dir}/site;`, '}'].join('\n')
}
