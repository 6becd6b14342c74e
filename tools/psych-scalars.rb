# Writes src/compile/yaml/fixtures/psych-scalars.json: how Ruby's Psych, which GitLab reads its files with, reads plain scalars.
# Run by hand (`ruby tools/psych-scalars.rb > src/compile/yaml/fixtures/psych-scalars.json`); tests only need the table.
require 'date'
require 'json'
require 'yaml'

WORDS = %w[~ null Null NULL nUll nul nulls true True TRUE tRuE false False FALSE yes Yes YES yEs no No NO on On ON oN
           off Off OFF oFF y Y n N yess noo onn t f o << = ! a `a &  v1 1v 1.0a 10m 1h 3600s 1d sha256 deadbeef -- ---
           -a -1a +a +1a /re/ $VAR ${VAR} a=b :foo :1 ::a :'a' =~ \\d]
INTEGERS = %w[0 1 -1 +1 -0 +0 00 01 07 08 09 010 0777 -0777 +0777 0o7 0o17 0x1F 0X1F 0xff -0x1f +0xFF 0x 0x_ 0x1_f 0b11
              0B11 -0b101 0b2 0b 0b_ 1_000 1__000 1_ _1 0_7 0_ 0_8 1,000 1,0,0 1, 0,1 9007199254740991 9007199254740992
              9007199254740993 -9007199254740993 12345678901234567890 0xffffffffffffffffffff 0xdeadbeef 0123abc 20240101]
FLOATS = %w[1. .5 0.5 -.5 +.5 -0.5 1.0 1.10 3.10 1.5e3 1.5e+3 1.5E-3 1e3 1e+3 1.e+3 .e+3 . +. -. .. 1.2.3 1_0.5 1,000.5
            1._5 1.5_0 -0.0 0.0 100.0 1.0e+16 1.0e+15 1.0e-4 1.0e-5 123456789012345678.0 0.1 1.23456789 .inf .Inf .INF
            +.inf -.inf -.INF .nan .NaN .NAN inf nan Infinity NaN .infinity 1e 1e10 0e0 00.5 01.5 08.5 1.0.0]
TIMES = %w[1:30 01:30 12:30 12:30:45 -1:30 +1:30 1:60 1:5 1:05 190:20:30 1_0:30 1:30:45:10 1:30.5 12:30:45.25 -1:30.5 1:99
           23:59 :30 a:b 2024-01-01 2024-1-1 2024-13-01 2024-02-30 2024-01-01T00:00:00Z 2024-01-01t00:00:00 01-01-2024
           2024-01 2001-12-14t21:59:43.10-05:00]
PHRASES = ['', 'yes ', 'null x', '1 2', '12:30 45', '2024-01-01 00:00:00', '2024-01-01 00:00:00 +01:00', '1 week',
           '2 hours 30 min', '+1 2', '0777 ', '1.0 ', '$CI == "a"', "it's", 'true false', '0 1', 'no way', '. 5', '1 000'].freeze

def kind(value)
  case value
  when nil then 'null'
  when true, false then 'bool'
  when Integer then 'int'
  when Float then 'float'
  when String then 'str'
  when Symbol then 'symbol'
  when Date, Time then 'date'
  else value.class.name
  end
end

def row(text)
  node = YAML.parse("k: #{text}").children[0].children[1]
  return unless node.is_a?(Psych::Nodes::Scalar) && node.plain && node.tag.nil? && node.anchor.nil?

  value = YAML.safe_load("k: #{text}", permitted_classes: [Symbol, Date, Time])['k']
  [node.value, kind(value), value.nil? ? '' : value.to_s]
rescue Psych::SyntaxError
  nil
rescue StandardError => e
  [text, 'error', e.class.name]
end

rows = (WORDS + INTEGERS + FLOATS + TIMES + PHRASES).uniq.filter_map { |text| row(text) }.uniq
puts "[\n#{rows.map { |cells| "  #{JSON.generate(cells)}" }.join(",\n")}\n]"
