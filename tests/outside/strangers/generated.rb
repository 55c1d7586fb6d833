# What a client generated for Ruby makes of the answers and bodies of a document: reads, checks, writes again.

require "date"
require "json"
require "set"
require "time"

# Plain Ruby writes instants in a way of its own, which whoever sends them has to change.
class Time
  def to_json(*)
    iso8601.to_json
  end
end

lib, values = ARGV
require "#{lib}/openapi_client/api_model_base"
Dir["#{lib}/openapi_client/models/*.rb"].sort.each { |model| require model }

def complaints(value)
  return value.flat_map { |one| complaints(one) } if value.is_a?(Array)
  return [] unless value.respond_to?(:list_invalid_properties)

  value.list_invalid_properties + value.instance_variables.flat_map { |name| complaints(value.instance_variable_get(name)) }
end

written = JSON.parse(File.read(values)).to_h do |name, bodies|
  models = bodies.map { |body| OpenapiClient.const_get(name).build_from_hash(body.transform_keys(&:to_sym)) }
  models.each { |model| complaints(model).each { |complaint| raise "#{name}: #{complaint}" } }
  [name, models.map(&:to_hash)]
end
puts JSON.generate(written)
