require 'yaml'; require 'date'; require 'json'
words = %w[~ null Null NULL nUll nul nulls true True TRUE tRuE false False FALSE yes Yes YES yEs no No NO on On ON oN off Off OFF oFF y Y n N yess noo onn t f o
 0 1 -1 +1 -0 +0 00 01 07 08 09 010 0777 -0777 +0777 0o7 0o17 0x1F 0X1F 0xff -0x1f +0xFF 0x 0x_ 0x1_f 0b11 0B11 -0b101 0b2 0b 0b_ 1_000 1__000 1_ _1 0_7 0_ 0_8 1,000 1,0,0 1, ,1 0,1
 9007199254740991 9007199254740992 9007199254740993 -9007199254740993 12345678901234567890 0xffffffffffffffffffff
 1. .5 0.5 -.5 +.5 -0.5 1.0 1.10 3.10 1.5e3 1.5e+3 1.5E-3 1e3 1e+3 1.e+3 .e+3 . +. -. .. ... 1.2.3 1_0.5 1,000.5 1._5 1.5_0 -0.0 0.0 100.0 1.0e+16 1.0e+15 1.0e-4 1.0e-5 123456789012345678.0 0.1 1.23456789
 .inf .Inf .INF +.inf -.inf -.INF .nan .NaN .NAN inf nan Infinity NaN .infinity
 1:30 01:30 12:30 12:30:45 -1:30 +1:30 1:60 1:5 1:05 190:20:30 1_0:30 1:30:45:10 1:30.5 12:30:45.25 -1:30.5 1:99 23:59 :30 1: a:b
 2024-01-01 2024-1-1 2024-13-01 2024-02-30 2024-01-01T00:00:00Z 2024-01-01t00:00:00 20240101 01-01-2024 2024-01 2001-12-14t21:59:43.10-05:00
 <<  = ! @a `a %a &  * v1 1v 1.0a 10m 1h 3600s 1d sha256 deadbeef 0xdeadbeef 0123abc 1e 1e10 0e0 00.5 01.5 08.5 1.0.0 -- --- - -a -1a +a +1a /re/ $VAR ${VAR} a=b  :foo :1 ::a :'a' =~ >=1 \\d]
words += ['', ' ', '- ', 'yes ', 'null x', '1 2', '12:30 45', '2024-01-01 00:00:00', '2024-01-01 00:00:00 +01:00', '1 week', '2 hours 30 min', '+1 2', "0777 ", '1.0 ', '$CI == "a"', "it's", 'true false', '0 1', 'no way', '-  1', '. 5', '1 000']
out = words.uniq.map do |w|
  begin
    doc = "k: #{w}"
    node = YAML.parse(doc)
    v = node.children[0].children[1]
    next nil unless v.is_a?(Psych::Nodes::Scalar) && v.plain && v.tag.nil? && v.anchor.nil?
    r = YAML.safe_load(doc, permitted_classes: [Symbol, Date, Time])
    x = r['k']
    kind = case x when nil then 'null' when true,false then 'bool' when Integer then 'int' when Float then 'float' when String then 'str' when Symbol then 'symbol' when Date, Time then 'date' else x.class.name end
    [v.value, kind, x.nil? ? '' : x.to_s]
  rescue StandardError => e
    [w, 'error', e.class.name]
  end
end.compact.uniq
puts "[\n" + out.map { |r| '  ' + JSON.generate(r) }.join(",\n") + "\n]"
