<?php
// What a client generated for PHP makes of the answers and bodies of a document: reads, checks, writes again.

use OpenAPI\Client\Model\ModelInterface;
use OpenAPI\Client\ObjectSerializer;

[, $lib, $values] = $argv;
set_error_handler(fn ($level, $message) => throw new ErrorException($message));
spl_autoload_register(function (string $class) use ($lib): void {
    require $lib . strtr(substr($class, strlen('OpenAPI\Client')), '\\', '/') . '.php';
});

function complaints(mixed $value): array
{
    if (is_array($value)) {
        return array_merge([], ...array_map('complaints', array_values($value)));
    }
    if (!$value instanceof ModelInterface || !method_exists($value, 'listInvalidProperties')) {
        return [];
    }
    $getters = array_map(fn ($getter) => $value->$getter(), array_values($value::getters()));
    return array_merge($value->listInvalidProperties(), complaints($getters));
}

$written = [];
foreach (json_decode(file_get_contents($values)) as $name => $bodies) {
    foreach ($bodies as $body) {
        $model = ObjectSerializer::deserialize($body, "\\OpenAPI\\Client\\Model\\$name");
        foreach (complaints($model) as $complaint) {
            throw new DomainException("$name: $complaint");
        }
        $written[$name][] = ObjectSerializer::sanitizeForSerialization($model);
    }
}
echo json_encode($written);
