/**
 * Returns the configuration of an nginx that runs in the foreground as the current user, with all files in one folder.
 */
export function nginxConfiguration(folder: string, port: number, servers: readonly number[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
error_log stderr crit;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}

  upstream servers {
    ${servers.map((server) => `server 127.0.0.1:${server} max_fails=0;`).join('\n    ')}
  }

  server {
    listen 127.0.0.1:${port};
    client_max_body_size 25m;

    location / {
      proxy_pass http://servers;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      # A server that is stopped may have got a form and not answered. Every action here is a one-time action, so that
      # another server can be asked: it runs the form, or waits for what came of it.
      proxy_next_upstream error timeout non_idempotent;
      proxy_connect_timeout 1s;
    }
  }
}
`
}
