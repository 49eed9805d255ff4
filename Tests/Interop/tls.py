"""What a real Erlang needs to speak TLS with the nodes of this library: the certificates are those of the Swift tests."""
import os, tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../ErlangDistributionTests/Data/TLS')
files = tempfile.TemporaryDirectory()


def folder(name): return os.path.normpath(os.path.join(FOLDER, name))


def arguments(name='good', ca='good'):
    """The command line of an Erlang node with the certificate of a folder."""
    path = os.path.join(files.name, f'{name}-{ca}.conf')
    both = f'{{certfile,"{folder(name)}/cert.pem"}},{{keyfile,"{folder(name)}/key.pem"}},' \
        f'{{cacertfile,"{folder(ca)}/ca.pem"}},{{verify,verify_peer}}'
    with open(path, 'w') as file:
        file.write(f'[{{server,[{both},{{fail_if_no_peer_cert,true}}]}},{{client,[{both}]}}].')
    return ['-proto_dist', 'inet_tls', '-ssl_dist_optfile', path]
